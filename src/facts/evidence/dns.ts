import {program} from '../../remote/shell/program.ts'
import type {DnsForward} from '../../domain/evidence.ts'
import {KUBELET_DIR} from '../../domain/paths.ts'
import {linesOf, wordsOf, type Section} from '../section.ts'

const MOST = 4
/** A question for the name servers of the root, which every server answers in some way: id, flags, one question; `.`, NS, IN. */
const QUESTION = String.raw`\113\101\001\000\000\001\000\000\000\000\000\000\000\000\002\000\001`

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
