import {isMapping, type Mapping} from '../../domain/mapping.ts'
import type {InterfaceFacts, NetworkFacts} from '../../domain/facts.ts'
import {sh} from '../../remote/shell/shell.ts'
import {linesOf, type Section} from '../section.ts'

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)
const records = (value: unknown): readonly Mapping[] => (Array.isArray(value) ? value.filter(isMapping) : [])

function jsonLines(output: string): readonly Mapping[] {
  return linesOf(output).flatMap(line => {
    try {
      return records(JSON.parse(line))
    } catch {
      // A tool that died half-way leaves a partial line; the other lines still count.
      return []
    }
  })
}

const UPLINKS = ['bond', 'team', 'vlan', 'macvlan', 'ipvlan', 'netvsc', 'hsr']

/** A container's own uplink is a veth too (nspawn's host0, docker's eth0); what pods hang on is named or enslaved otherwise. */
function kindOf(link: Mapping, isContainer: boolean): InterfaceFacts['kind'] {
  const name = text(link['ifname']) ?? ''
  const info = isMapping(link['linkinfo']) ? text(link['linkinfo']['info_kind']) : undefined
  if (link['link_type'] === 'loopback') return 'loopback'
  if (info === undefined) return link['link_type'] === 'ether' ? 'physical' : 'other'
  if (info === 'bridge' || info === 'vxlan') return info
  if (UPLINKS.includes(info)) return 'physical'
  if (info !== 'veth') return 'other'
  return isContainer && /^(host0|eth\d+|en\w+|mv-|iv-)/.test(name) ? 'physical' : 'veth'
}

const flag = (record: Mapping, name: string): boolean => record[name] === true
const flags = (link: Mapping): readonly unknown[] => (Array.isArray(link['flags']) ? link['flags'] : [])

function addressesOf(link: Mapping): InterfaceFacts['addresses'] {
  return records(link['addr_info']).flatMap(entry => {
    const address = text(entry['local'])
    if (address === undefined) return []
    return [
      {
        address,
        prefix: number(entry['prefixlen']),
        family: entry['family'] === 'inet6' ? (6 as const) : (4 as const),
        dynamic: flag(entry, 'dynamic'),
        secondary: flag(entry, 'secondary') || flag(entry, 'deprecated') || flag(entry, 'temporary'),
      },
    ]
  })
}

/** Of `ip -json -details address`; whether we are in a container decides what a veth is. */
export const interfacesSection: Section<(isContainer: boolean) => readonly InterfaceFacts[]> = {
  name: 'interfaces',
  script: sh`ip -json -details address`,
  parse: output => isContainer =>
    jsonLines(output).map(link => ({
      name: text(link['ifname']) ?? '',
      mac: text(link['address']) ?? '',
      mtu: number(link['mtu']),
      // A link without carrier detection says UNKNOWN and works.
      up: flags(link).includes('UP') && link['operstate'] !== 'DOWN',
      kind: kindOf(link, isContainer),
      addresses: addressesOf(link),
    })),
}

/** What /etc/network/interfaces and the files beside it speak of, but for loopback. */
export const ifupdownSection: Section<readonly string[]> = {
  name: 'ifupdown',
  script: sh`cat /etc/network/interfaces /etc/network/interfaces.d/* | sed -n 's/^[[:space:]]*iface[[:space:]]*\([^[:space:]]*\).*/\1/p'`,
  parse: output => [...new Set(linesOf(output))].filter(name => name !== 'lo'),
}

type Routes = Pick<NetworkFacts, 'routes' | 'defaultRoute'>

const LOCAL = ['local', 'broadcast', 'anycast', 'multicast']

/** Unicast routes of all tables; where the default route's source is not written down, the kernel is asked which it takes. */
export const routesSection: Section<Routes> = {
  name: 'routes',
  script: sh`ip -json -4 route show table all
ip -json -6 route show table all
ip -json route get 1.1.1.1 | sed 's/^\[{/[{"asked":true,/'`,
  parse(output) {
    const all = jsonLines(output)
    const routes = all.filter(route => route['asked'] !== true && !LOCAL.includes(text(route['type']) ?? 'unicast'))
    const defaults = routes.filter(route => route['dst'] === 'default' && text(route['table']) === undefined)
    const best = defaults.toSorted((a, b) => number(a['metric']) - number(b['metric']))[0]
    const device = best && text(best['dev'])
    const asked = all.find(route => route['asked'] === true && route['dev'] === device)
    return {
      routes: routes.flatMap(route => {
        const destination = text(route['dst'])
        if (destination === undefined) return []
        return [
          {
            destination,
            device: text(route['dev']) ?? '',
            gateway: text(route['gateway']),
            table: text(route['table']) ?? 'main',
          },
        ]
      }),
      defaultRoute:
        best === undefined || device === undefined
          ? undefined
          : {device, source: text(best['prefsrc']) ?? (asked && text(asked['prefsrc']))},
    }
  },
}
