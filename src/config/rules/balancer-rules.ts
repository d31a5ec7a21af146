import {canonicalAddress} from '../../domain/cidr.ts'
import {hostPort, splitHostPort} from '../../domain/endpoint.ts'
import {
  BALANCER_HOST,
  BALANCER_PORT,
  balancerEndpoint,
  balancerOf,
  takenByBalancer,
} from '../../domain/load-balancer.ts'
import {DEFAULTS} from '../draft/defaults.ts'
import type {Draft, LoadBalancer} from '../draft/draft.ts'
import type {VirtualAddress} from '../../domain/virtual-address.ts'
import type {Located, Report} from '../documents/finding.ts'
import type {PlacedHost} from '../draft/hosts.ts'

/** What decides how nodes reach the API. */
export interface Reached {
  readonly draft: Draft
  readonly hosts: readonly PlacedHost[]
}

/**
 * `host:port` at which nodes reach the API: the given one, or the load balancer that each node runs. Several control
 * planes without an endpoint have the latter. undefined: the address of the only control plane.
 */
export function endpointOf({draft, hosts}: Reached): string | undefined {
  const {controlPlaneEndpoint, loadBalancer, apiPort} = draft
  if (controlPlaneEndpoint !== undefined) return controlPlaneEndpoint.value
  const vip = virtualAddressOf(draft)
  if (vip !== undefined) return hostPort(vip.address, apiPort?.value ?? DEFAULTS.apiPort)
  const isLocal =
    loadBalancer === undefined ? hosts.filter(isControlPlane).length > 1 : loadBalancer.value.kind === 'local'
  return isLocal ? balancerEndpoint(loadBalancer?.value.port) : undefined
}

/** The address that the control planes have in turn; undefined when clients reach the API in another way. */
export const virtualAddressOf = ({loadBalancer}: Pick<Draft, 'loadBalancer'>): VirtualAddress | undefined =>
  loadBalancer?.value.kind !== 'vip' || loadBalancer.value.address === undefined
    ? undefined
    : {
        address: loadBalancer.value.address,
        provider: loadBalancer.value.provider ?? 'keepalived',
        networkInterface: loadBalancer.value.networkInterface,
      }

const isControlPlane = ({spec}: PlacedHost): boolean => spec.role === 'control-plane'

/** Checks that the load balancer, the endpoint and the ports fit together. */
export function checkBalancer(reached: Reached, report: Report): void {
  const {loadBalancer} = reached.draft
  if (loadBalancer !== undefined) checkBelongs(loadBalancer, report)
  if (loadBalancer?.value.kind === 'external') checkExternal(reached, loadBalancer, report)
  if (loadBalancer?.value.kind === 'local') checkLocal(reached, loadBalancer, report)
  checkPorts(reached, report)
  checkOwner(reached, report)
}

/** Settings that this kind of load balancer does not have. */
function checkBelongs({value, place}: Located<LoadBalancer>, report: Report): void {
  const refuse = (message: string): void => report({severity: 'error', place, message})
  if (value.kind !== 'local' && value.port !== undefined)
    refuse(
      `sets a port, which only a local load balancer has; ${value.kind === 'vip' ? 'the virtual address has the port of the API servers (apiPort)' : 'write the port in controlPlaneEndpoint'}`,
    )
  const {address, provider, networkInterface} = value
  const foreign = Object.entries({address, provider, interface: networkInterface}).filter(
    ([, said]) => said !== undefined,
  )
  if (value.kind !== 'vip' && foreign.length > 0)
    refuse(`sets ${foreign.map(([name]) => name).join(' and ')}, which only vip has; write kind: vip, or remove it`)
}

function checkExternal({draft}: Reached, {place}: Located<LoadBalancer>, report: Report): void {
  const refuse = (message: string): void => report({severity: 'error', place, message})
  const endpoint = draft.controlPlaneEndpoint?.value
  if (endpoint === undefined) refuse('external needs controlPlaneEndpoint; set it to the address of your load balancer')
  if (balancerOf({controlPlaneEndpoint: endpoint}) !== undefined)
    refuse(`controlPlaneEndpoint has the name of local load balancers (${BALANCER_HOST}); write loadBalancer: local`)
}

function checkLocal(reached: Reached, {value: {port}, place}: Located<LoadBalancer>, report: Report): void {
  const endpoint = endpointOf(reached)
  if (endpoint === balancerEndpoint(port ?? balancerOf({controlPlaneEndpoint: endpoint})?.port)) return
  const message = `local cannot be used together with controlPlaneEndpoint (${endpoint ?? ''}): each node reaches the API through its own load balancer, at ${balancerEndpoint(port)}; remove controlPlaneEndpoint, or write loadBalancer: external`
  report({severity: 'error', place, message})
}

function checkPorts(reached: Reached, report: Report): void {
  const {loadBalancer, controlPlaneEndpoint, apiPort} = reached.draft
  const balancer = balancerOf({controlPlaneEndpoint: endpointOf(reached)})
  const place = (loadBalancer ?? controlPlaneEndpoint ?? apiPort)?.place
  if (balancer === undefined || place === undefined) return
  const {port, healthPort} = balancer
  const taken = takenByBalancer(port, apiPort?.value ?? DEFAULTS.apiPort)
  if (taken === undefined) return
  const other = port === BALANCER_PORT ? 8443 : BALANCER_PORT
  const message = `the local load balancer of each node needs the ports ${port} and ${healthPort}, but Kubernetes uses ${taken}; write another one, such as loadBalancer: {kind: local, port: ${other}}`
  report({severity: 'error', place, message})
}

/** The address of one control plane is lost with its machine. */
function checkOwner({draft: {controlPlaneEndpoint}, hosts}: Reached, report: Report): void {
  const controlPlanes = hosts.filter(isControlPlane)
  if (controlPlaneEndpoint === undefined || controlPlanes.length < 2) return
  const {host} = splitHostPort(controlPlaneEndpoint.value, DEFAULTS.apiPort)
  const owner = controlPlanes.find(({spec: {name, address, ssh}}) =>
    [name, address, ...(ssh === 'local' ? [] : [ssh.address])].some(
      own => own !== undefined && canonicalAddress(own).toLowerCase() === canonicalAddress(host).toLowerCase(),
    ),
  )
  if (owner === undefined) return
  const message = `${host} belongs to one control plane (${owner.at().text}), so nodes lose the API with this machine; remove controlPlaneEndpoint, and each node gets a load balancer of its own, or name your load balancer`
  report({severity: 'warning', place: controlPlaneEndpoint.place, message})
}
