import {parseAddress, type Address} from '../domain/cidr.ts'
import {timeoutScaleFor, type Cluster, type Node} from '../domain/cluster.ts'
import {certPath} from '../domain/certificates.ts'
import {pkiDir} from '../domain/kubeadm-places.ts'
import {KEEPALIVED_AUTH, KEEPALIVED_CHECK, routerId, vipPrefix, type VirtualAddress} from '../domain/virtual-address.ts'
import {fill, type Templates} from './templates.ts'

export interface KeepalivedInput {
  readonly cluster: Pick<Cluster, 'apiPort' | 'startupSeconds' | 'kubeadm'>
  readonly vip: VirtualAddress
  /** The control plane that runs it. */
  readonly node: Pick<Node, 'name' | 'address'>
  readonly networkInterface: string
  /** The addresses of all control planes, in any order; the own one may be missing. */
  readonly controlPlanes: readonly string[]
}

/** Longer than a usual answer of /readyz. */
const CHECK_SECONDS = 2

const HIGHEST = 200
const STEP = 10

/** keepalived.conf of a control plane. It names the file with the password, and so has no secret in it. */
export function keepalivedConfig(templates: Templates, input: KeepalivedInput): string {
  const {vip, node, networkInterface} = input
  const members = membersOf(input)
  const others = members.filter(address => address !== node.address)
  return fill(templates['keepalived.conf'], {
    address: vip.address,
    router: node.name,
    check: KEEPALIVED_CHECK,
    timeout: String(checkSeconds(input) + 1),
    interface: networkInterface,
    id: String(routerId(vip.address)),
    // Different for each, so that two that begin at the same time agree at once.
    priority: String(Math.max(STEP, HIGHEST - STEP * members.indexOf(node.address))),
    peers: others.length === 0 ? '' : peersBlock(node.address, others),
    authentication: isIpv6(vip.address) ? '' : AUTHENTICATION,
    virtual: `${vipPrefix(vip.address)} dev ${networkInterface}`,
  })
}

const isIpv6 = (address: string): boolean => parseAddress(address)?.family === 6

/** Adverts go to the other control planes only, and only theirs count. */
const peersBlock = (own: string, others: readonly string[]): string =>
  `  unicast_src_ip ${own}
  unicast_peer {
${others.map(address => `    ${address}\n`).join('')}  }
  check_unicast_src
`

/** VRRP of IPv6 has no passwords. */
const AUTHENTICATION = `  authentication {
    auth_type PASS
    include ${KEEPALIVED_AUTH}
  }
`

const membersOf = ({node, controlPlanes}: KeepalivedInput): readonly string[] =>
  [...new Set([...controlPlanes, node.address])].toSorted(
    (a, b) => compare(parseAddress(a), parseAddress(b)) || (a < b ? -1 : 1),
  )

const compare = (a: Address | undefined, b: Address | undefined): number =>
  a === undefined || b === undefined || a.value === b.value ? 0 : a.value < b.value ? -1 : 1

const checkSeconds = ({cluster}: KeepalivedInput): number =>
  Math.ceil(CHECK_SECONDS * timeoutScaleFor(cluster.startupSeconds))

/** The program by which keepalived sees whether the API server of its machine serves. */
export const keepalivedCheck = (templates: Templates, input: KeepalivedInput): string =>
  fill(templates['keepalived-check.sh'], {
    seconds: String(checkSeconds(input)),
    ca: certPath('ca', pkiDir(input.cluster)),
    port: String(input.cluster.apiPort),
    address: isIpv6(input.node.address) ? `[${input.node.address}]` : input.node.address,
  })

/** The unit of the distribution does not start keepalived again when it fails. */
export const keepalivedDropIn = (): string => '[Service]\nRestart=on-failure\nRestartSec=1\n'
