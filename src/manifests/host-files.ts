import type {HostNetwork} from '../domain/cluster.ts'
import {CRI_SOCKET_URL} from '../domain/paths.ts'
import {fill, type Templates} from './templates.ts'
import {toYaml} from './yaml.ts'

/** Modules a node needs. kube-proxy sets limits of connection tracking before it makes the first rule that would load it. */
export const KERNEL_MODULES = ['overlay', 'br_netfilter', 'nf_conntrack'] as const

/** Settings a node needs, for IPv4 and, where the cluster uses it, IPv6. */
export const sysctls = (families: readonly (4 | 6)[]): Readonly<Record<string, string>> => ({
  'net.bridge.bridge-nf-call-iptables': '1',
  'net.bridge.bridge-nf-call-ip6tables': '1',
  ...(families.includes(4) ? {'net.ipv4.ip_forward': '1'} : {}),
  ...(families.includes(6) ? {'net.ipv6.conf.all.forwarding': '1', 'net.ipv6.conf.default.forwarding': '1'} : {}),
})

/** /etc/modules-load.d/kadm.conf. */
export const modulesLoadText = (templates: Templates): string => fill(templates['modules.conf'], {})

/** /etc/sysctl.d/99-zz-kadm.conf. */
export const sysctlText = (templates: Templates, families: readonly (4 | 6)[]): string =>
  fill(templates['sysctl.conf'], {
    settings: Object.entries(sysctls(families))
      .map(([name, value]) => `${name} = ${value}`)
      .join('\n'),
  })

/** /etc/crictl.yaml. */
export const crictlYaml = (): string =>
  toYaml({'runtime-endpoint': CRI_SOCKET_URL, 'image-endpoint': CRI_SOCKET_URL, timeout: 10})

const NETPLAN_NOTE = `# Of kadm. The names begin with 0 because of several settings for one card networkd takes the first by name: what other files here
# say of these cards, with DHCP or other addresses, is left as it is and does not count, also when cloud-init writes it anew.
`

/** /etc/netplan/60-kadm.yaml, to be written with mode 0600: netplan warns about one that others can read. */
export const netplanYaml = (network: HostNetwork): string =>
  NETPLAN_NOTE +
  toYaml({
    network: {
      version: 2,
      renderer: 'networkd',
      ethernets: Object.fromEntries(
        Object.entries(network.interfaces).map(([name, spec]) => [
          `0-kadm-${name}`,
          {
            match: {name},
            dhcp4: false,
            dhcp6: false,
            addresses: spec.addresses,
            ...(spec.mtu === undefined ? {} : {mtu: spec.mtu}),
            ...(spec.gateway === undefined ? {} : {routes: [{to: 'default', via: spec.gateway}]}),
            ...(spec.nameservers.length === 0 ? {} : {nameservers: {addresses: spec.nameservers}}),
          },
        ]),
      ),
    },
  })
