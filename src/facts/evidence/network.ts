import {program} from '../../remote/shell/program.ts'
import type {CniConfig, Evidence} from '../../domain/evidence.ts'
import {CNI_BIN_DIR, CNI_CONF_DIR, KUBELET_CONFIG} from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {given, keyed, linesOf, wholeNumber, wordsOf, type Section} from '../section.ts'

/** The pod network's files, the addresses it gave, and who answers names: for the host, and for its pods. */
export const podNetworkSection: Section<Evidence['network']> = {
  name: 'pod-network',
  script: program('evidence-network', {
    cni_conf_dir: CNI_CONF_DIR,
    cni_bin_dir: CNI_BIN_DIR,
    kubelet_config: KUBELET_CONFIG,
  }),
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
      isTunnelEmpty: entries['tunnel-empty'] === 'yes',
      isBridgeDown: entries['bridge'] === 'down',
      localhostResolves: entries['localhost'] === undefined ? undefined : entries['localhost'] === 'yes',
      nameservers: valuesOf('nameserver'),
      podNameservers: valuesOf('pods'),
      hasPodResolvConf: entries['resolv'] !== 'no',
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
