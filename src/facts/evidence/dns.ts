import {program} from '../../remote/shell/program.ts'
import type {DnsForward, Evidence} from '../../domain/evidence.ts'
import {KUBELET_CONF, KUBELET_CONFIG, KUBELET_DIR, KUBELET_INSTANCE_CONFIG} from '../../domain/paths.ts'
import {linesOf, wordsOf, type Section} from '../section.ts'

const MOST = 4
/** A question for the name servers of the root, which every server answers in some way: id, flags, one question; `.`, NS, IN. */
const QUESTION = String.raw`\113\101\001\000\000\001\000\000\000\000\000\000\000\000\002\000\001`

/** The beginning and the end of a question for an address; the name stands between. */
const BEFORE_NAME = String.raw`\113\101\001\000\000\001\000\000\000\000\000\000`
const AFTER_NAME = String.raw`\000\000\001\000\001`

/** The Corefile as the CoreDNS of this host has it. Only plain addresses are tried: a file of name servers is the host's own. */
export const dnsForwardsSection: Section<readonly DnsForward[]> = {
  name: 'dns-forwards',
  script: program('evidence-dns', {kubelet_dir: KUBELET_DIR, most: MOST, question: QUESTION}),
  parse: text =>
    linesOf(text).flatMap(line => {
      const [address, answer] = wordsOf(line)
      return address === undefined ? [] : [{address, answered: answer === 'yes'}]
    }),
}

/**
 * The first clusterDNS of the kubelet, where it does not answer, and the address of the Service kube-dns. A firewall may keep the host itself
 * from an answer that pods get, so that only another address tells something. It is asked for the cluster's own domain: what CoreDNS passes
 * on to a server that is dead would be an error in its log.
 */
export const silentDnsSection: Section<Evidence['silentDns']> = {
  name: 'silent-dns',
  script: program('evidence-silent-dns', {
    kubelet_config: KUBELET_CONFIG,
    kubelet_instance_config: KUBELET_INSTANCE_CONFIG,
    kubelet_conf: KUBELET_CONF,
    before_name: BEFORE_NAME,
    after_name: AFTER_NAME,
  }),
  parse(text) {
    const [address, service] = wordsOf(text)
    return address === undefined || service === undefined ? undefined : {address, service}
  },
}
