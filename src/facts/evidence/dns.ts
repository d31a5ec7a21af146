import type {DnsForward} from '../../domain/evidence.ts'
import {KUBELET_DIR} from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {linesOf, wordsOf, type Section} from '../section.ts'

const MOST = 4
/** A question for the name servers of the root, which every server answers in some way: id, flags, one question; `.`, NS, IN. */
const QUESTION = String.raw`\113\101\001\000\000\001\000\000\000\000\000\000\000\000\002\000\001`

/** The Corefile as the CoreDNS of this host has it. Only plain addresses are tried: a file of name servers is the host's own. */
export const dnsForwardsSection: Section<readonly DnsForward[]> = {
  name: 'dns-forwards',
  script: sh`command -v bash >/dev/null || exit 0
cat ${KUBELET_DIR}/pods/*/volumes/kubernetes.io~configmap/config-volume/Corefile |
  sed -n 's/^ *forward  *[.]  *//p' | tr ' ' '\n' | sed 's#^dns://##' | grep -E '^[0-9]+([.][0-9]+){3}(:[0-9]+)?$' | sort -u | head -n ${MOST} | {
    while read -r server; do
      {
        case $server in *:*) port=$(echo "$server" | sed 's/.*://');; *) port=53;; esac
        host=$(echo "$server" | sed 's/:.*//')
        size=$(timeout -k 1 2 bash -c 'exec 3<>"/dev/udp/$0/$1"; for try in 1 2; do printf "$2" >&3; timeout 0.8 head -c 1 <&3 && break; done' "$host" "$port" ${QUESTION} | wc -c)
        [ "$size" -gt 0 ] && echo "$server yes" || echo "$server no"
      } &
    done
    wait
  }`,
  parse: text =>
    linesOf(text).flatMap(line => {
      const [address, answer] = wordsOf(line)
      return address === undefined ? [] : [{address, answered: answer === 'yes'}]
    }),
}
