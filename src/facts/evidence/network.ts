import type {CniConfig, Evidence} from '../../domain/evidence.ts'
import {CNI_BIN_DIR, CNI_CONF_DIR, KUBELET_CONFIG} from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {given, keyed, linesOf, wholeNumber, wordsOf, type Section} from '../section.ts'

/** The pod network's files, the addresses it gave, and who answers names: for the host, and for its pods. */
export const podNetworkSection: Section<Evidence['network']> = {
  name: 'pod-network',
  script: sh`for file in ${CNI_CONF_DIR}/*; do
  case $file in *.conf|*.conflist|*.json) [ -f "$file" ] || continue;; *) continue;; esac
  name=$(grep -oE '"name"[[:space:]]*:[[:space:]]*"[^"]*"' "$file" | head -n 1 | sed 's/.*"\([^"]*\)"$/\1/' | tr ' ' '_')
  types=$(sed -E 's/"ipam"[[:space:]]*:[[:space:]]*[{]/\n&/' "$file" | sed '/"ipam"/,/[}]/d' | grep -oE '"type"[[:space:]]*:[[:space:]]*"[^"]*"' | sed 's/.*"\([^"]*\)"$/\1/' | tr '\n' ' ')
  echo "config $(basename "$file") $([ -n "$name" ] && echo "$name" || echo -) $types"
done
for file in ${CNI_BIN_DIR}/*; do [ -x "$file" ] && echo "plugin $(basename "$file")"; done
for file in /var/lib/cni/networks/*/*.*; do
  case $file in *[0-9].[0-9]*) [ -f "$file" ] && echo "address $(basename "$(dirname "$file")") $(basename "$file")";; esac
done | head -n 300
sed -n 's/^FLANNEL_SUBNET=/flannel /p' /run/flannel/subnet.env
tunnel=no
for link in flannel.1 flannel-v6.1 cni0; do
  flags=$(cat "/sys/class/net/$link/flags") || continue
  case $link,$flags in cni0,*[13579bdf]) ;; cni0,*) echo 'bridge down';; *[13579bdf]) tunnel=yes;; *) tunnel=down;; esac
done
echo "tunnel $tunnel"
[ -z "$(command -v getent)" ] || { getent hosts localhost >/dev/null && echo 'localhost yes' || echo 'localhost no'; }
sed -n 's/^nameserver */nameserver /p' /etc/resolv.conf
file=$(sed -n 's/^resolvConf: *//p' ${KUBELET_CONFIG} | tr -d '"')
[ -n "$file" ] || file=/etc/resolv.conf
sed -n 's/^nameserver */pods /p' "$file"`,
  parse(text) {
    const rows = linesOf(text).map(wordsOf)
    const of = (key: string): readonly (readonly string[])[] =>
      rows.flatMap(([word, ...rest]) => (word === key ? [rest] : []))
    const valuesOf = (key: string): readonly string[] => of(key).flatMap(([value]) => value ?? [])
    const entries = keyed(text)
    return {
      cniConfigs: of('config').flatMap(configOf),
      cniPlugins: valuesOf('plugin'),
      podAddresses: of('address').flatMap(([network, address]) =>
        network === undefined || address === undefined ? [] : [{network, address}],
      ),
      flannelSubnet: given(entries['flannel']),
      tunnel: STATES.find(state => state === entries['tunnel']),
      isBridgeDown: entries['bridge'] === 'down',
      localhostResolves: entries['localhost'] === undefined ? undefined : entries['localhost'] === 'yes',
      nameservers: valuesOf('nameserver'),
      podNameservers: valuesOf('pods'),
    }
  },
}

const STATES = ['yes', 'down', 'no'] as const

const configOf = ([file, network, ...plugins]: readonly string[]): readonly CniConfig[] =>
  file === undefined ? [] : [{file, network: network === '-' ? '' : (network ?? ''), plugins}]

/** Connections that the kernel tracks now. */
export const connectionsSection: Section<number | undefined> = {
  name: 'connections',
  script: sh`echo "count $(cat /proc/sys/net/netfilter/nf_conntrack_count)"`,
  parse(text) {
    const count = given(keyed(text)['count'])
    return count === undefined ? undefined : wholeNumber(count)
  },
}
