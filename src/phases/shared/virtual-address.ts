import {stepMs} from '../../domain/cluster.ts'
import {saKeyPath} from '../../domain/certificates.ts'
import {pkiDir} from '../../domain/kubeadm-places.ts'
import {MANIFESTS_DIR} from '../../domain/paths.ts'
import {
  KEEPALIVED_AUTH,
  KEEPALIVED_CHECK,
  KEEPALIVED_CONFIG,
  KEEPALIVED_DROP_IN,
  KUBE_VIP_MANIFEST,
  VIP_MARKS,
  type VirtualAddress,
} from '../../domain/virtual-address.ts'
import {keepalivedCheck, keepalivedConfig, keepalivedDropIn} from '../../manifests/keepalived.ts'
import {kubeVipPod} from '../../manifests/kube-vip.ts'
import {toYaml} from '../../manifests/yaml.ts'
import type {AnyResource} from '../../resources/any-resource.ts'
import {endpointHealthy} from '../../resources/cluster/endpoint-healthy.ts'
import {derivedSecret} from '../../resources/files/derived-secret.ts'
import {file} from '../../resources/files/file.ts'
import {packages} from '../../resources/packages/packages.ts'
import {unit} from '../../resources/systemd/unit.ts'
import type {Phase, PhaseContext} from '../phase.ts'

const NO_VIP = 'the control planes have no virtual address'

/** The interface that gets the address: the chosen one, or the one of the node. */
export function vipInterface({node, facts}: Pick<PhaseContext, 'node' | 'facts'>, vip: VirtualAddress): string {
  const own = facts.network.interfaces.find(({addresses}) => addresses.some(({address}) => address === node.address))
  return vip.networkInterface ?? own?.name ?? node.networkInterface
}

const isMember = ({facts}: PhaseContext, {provider}: VirtualAddress): boolean =>
  facts.files[VIP_MARKS[provider]] !== undefined

const isControlPlane = ({role}: {readonly role: string}): boolean => role === 'control-plane'

/**
 * Members of keepalived hear only those that they know. A new one that the others do not know would take the address from
 * them, so it becomes a member only in a run that reaches all of them.
 */
function mayShare(context: PhaseContext): true | string {
  const {cluster, node, nodes, existingNodes} = context
  const vip = cluster.virtualAddress
  if (vip === undefined) return NO_VIP
  if (vip.provider !== 'keepalived' || isMember(context, vip)) return true
  const others = nodes.filter(other => isControlPlane(other) && other.name !== node.name)
  const reachesAll = existingNodes === undefined ? others.length > 0 : !existingNodes.some(isControlPlane)
  return reachesAll
    ? true
    : `the other control planes do not know this one yet; run kadm apply with a file that lists all of them, and it shares ${vip.address}`
}

const hasVip = ({cluster}: PhaseContext): true | string => (cluster.virtualAddress === undefined ? NO_VIP : true)

const keepalivedUnit = (): AnyResource =>
  unit({
    name: 'keepalived.service',
    restartWhenNewer: [KEEPALIVED_DROP_IN],
    // A restart of the one that has the address would move it.
    reloadWhenNewer: [KEEPALIVED_CONFIG, KEEPALIVED_CHECK, KEEPALIVED_AUTH],
    why: 'moves the address to a control plane whose API server answers',
  })

function keepalived(context: PhaseContext, vip: VirtualAddress): readonly AnyResource[] {
  const {cluster, node, nodes, existingNodes = [], templates, bundle} = context
  const controlPlanes = [...nodes, ...existingNodes].filter(isControlPlane).map(({address}) => address)
  const input = {cluster, vip, node, networkInterface: vipInterface(context, vip), controlPlanes}
  return [
    ...(bundle === undefined
      ? [
          packages({
            name: 'keepalived',
            packages: [{name: 'keepalived'}, {name: 'curl'}],
            why: 'keepalived moves the address; curl asks the API server whether it serves',
          }),
        ]
      : []),
    file({
      path: KEEPALIVED_CHECK,
      mode: '0700',
      content: keepalivedCheck(templates, input),
      why: 'a control plane whose API server does not answer gives the address up',
    }),
    derivedSecret({
      path: KEEPALIVED_AUTH,
      from: saKeyPath(pkiDir(cluster)),
      purpose: 'kadm, password of keepalived',
      prefix: 'auth_pass ',
      why: 'only control planes of this cluster share the address; each derives the password from the key that all have',
    }),
    file({
      path: KEEPALIVED_CONFIG,
      mode: '0600',
      content: keepalivedConfig(templates, input),
      why: 'names the address and all control planes',
    }),
    file({path: KEEPALIVED_DROP_IN, content: keepalivedDropIn(), why: 'systemd starts keepalived again if it fails'}),
  ]
}

const kubeVip = (context: PhaseContext, vip: VirtualAddress, isFirstStart: boolean): AnyResource =>
  file({
    path: KUBE_VIP_MANIFEST,
    mode: '0600',
    content: toYaml(
      kubeVipPod({cluster: context.cluster, vip, networkInterface: vipInterface(context, vip), isFirstStart}),
    ),
    why: 'the kubelet runs kube-vip, which moves the address to a control plane whose API server answers',
  })

const createsCluster = ({facts}: PhaseContext): boolean =>
  facts.files[`${MANIFESTS_DIR}/kube-apiserver.yaml`] === undefined

const NAME = 'virtual-address'
const TITLE = 'Share the address of the API'
const WHY = 'one address leads to a control plane that answers, whichever machine is lost'

/** Before the kubelet starts: the address is there as soon as the API server answers. */
export const virtualAddressPhase: Phase = {
  name: NAME,
  title: TITLE,
  why: WHY,
  where: 'initial-control-plane',
  // A cluster that does not answer has begun on this host.
  when: context => (context.existingNodes === undefined ? hasVip(context) : mayShare(context)),
  resources: context => {
    const vip = context.cluster.virtualAddress
    if (vip === undefined) return []
    return vip.provider === 'keepalived'
      ? [...keepalived(context, vip), keepalivedUnit()]
      : [kubeVip(context, vip, createsCluster(context))]
  },
}

/** Members learn of one another before a new one starts. */
export const virtualAddressMembersPhase: Phase = {
  name: NAME,
  title: TITLE,
  why: WHY,
  where: 'control-plane',
  when: mayShare,
  resources: context => {
    const vip = context.cluster.virtualAddress
    if (vip === undefined) return []
    if (vip.provider === 'kube-vip') return [kubeVip(context, vip, false)]
    return [...keepalived(context, vip), ...(isMember(context, vip) ? [keepalivedUnit()] : [])]
  },
}

/** When the API server of this control plane answers and the others know it. */
export const virtualAddressStartPhase: Phase = {
  name: 'virtual-address-start',
  title: 'Take part in the address of the API',
  why: 'a control plane may have the address when its API server answers and the others know it',
  where: 'joining-control-plane',
  needs: [NAME, `control-plane-join/${NAME}`],
  when: context =>
    context.cluster.virtualAddress?.provider === 'kube-vip' ? 'the kubelet runs kube-vip already' : mayShare(context),
  resources: () => [keepalivedUnit()],
}

/** kube-vip of a new cluster started with more rights than it needs. */
export const virtualAddressRightsPhase: Phase = {
  name: 'virtual-address-rights',
  title: 'Take the rights for emergencies from kube-vip',
  why: 'admin.conf has its rights now, and you can revoke them',
  where: 'initial-control-plane',
  when: ({cluster}) => (cluster.virtualAddress?.provider === 'kube-vip' ? true : 'the control planes have no kube-vip'),
  resources: context => {
    const vip = context.cluster.virtualAddress
    return vip === undefined ? [] : [kubeVip(context, vip, false)]
  },
}

/** Before anything waits for pods and nodes that reach the API at this address. */
export const virtualAddressReadyPhase: Phase = {
  name: 'virtual-address-ready',
  title: 'Wait for the address of the API',
  why: 'service routing, the pod network and workers reach the API at this address',
  where: 'initial-control-plane',
  when: hasVip,
  resources: ({cluster, node}) =>
    cluster.virtualAddress === undefined
      ? []
      : [
          endpointHealthy({
            component: 'virtual address',
            scheme: 'https',
            address: cluster.virtualAddress.address,
            port: cluster.apiPort,
            path: '/livez',
            deadlineMs: stepMs(cluster, node, 'controlPlaneComponentHealthCheck'),
            why: 'a control plane has the address of the API',
          }),
        ],
}
