import type {Cluster, Node, Role} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import {evenQuorum, mayAdd, memberAt} from '../../domain/etcd.ts'
import type {Facts} from '../../domain/facts.ts'
import {usesExternalEtcd} from '../../domain/kubeadm-places.ts'
import {balancerOf} from '../../domain/load-balancer.ts'
import {MANIFESTS_DIR} from '../../domain/paths.ts'
import type {EtcdClient} from '../../kube/etcd/etcd-client.ts'
import {settledMembers} from './join-etcd.ts'
import {refuseLost, refuseWithoutQuorum} from './quorum.ts'

/** Control planes can join only a cluster whose nodes reach the API at an address that stays when one of them is lost. */
export function requireEndpoint({controlPlaneEndpoint}: Pick<Cluster, 'controlPlaneEndpoint'>): void {
  if (controlPlaneEndpoint !== undefined) return
  throw new KadmError(
    'preflight',
    'control planes cannot join this cluster: it has no controlPlaneEndpoint (in ConfigMap kube-system/kubeadm-config), so its nodes know only the first control plane; nothing was changed',
    {
      hint: 'list its machines and the new control planes in a kadm.yaml and run kadm apply, which gives each node a load balancer; or create the cluster with kadm init --control-plane-endpoint HOST[:PORT]',
    },
  )
}

interface Identified {
  readonly gathered: {readonly facts: Pick<Facts, 'hostname'> & {readonly identity: Pick<Facts['identity'], 'bootId'>}}
}

/** A machine does not join itself. */
export function refuseSelf(candidates: readonly Identified[], seed: Identified): void {
  const of = ({gathered: {facts}}: Identified): string => `${facts.identity.bootId} ${facts.hostname}`
  if (seed.gathered.facts.identity.bootId === '' || !candidates.some(one => of(one) === of(seed))) return
  throw new KadmError('usage', `${seed.gathered.facts.hostname} is the control plane of --to and cannot join itself`, {
    hint: 'name the other machines, and with --to a control plane that is in the cluster already',
  })
}

/** What etcd cannot do without its quorum. */
export const CANNOT_JOIN = 'control planes cannot join'

const START_THEM =
  'start the control planes that are down, or take a lost one out of the cluster (kadm remove NODE --dead), then run the same command again; kadm etcd members shows them'

export interface JoiningControlPlanes {
  readonly cluster: Cluster
  readonly nodes: readonly Node[]
  readonly factsOf: (node: Node) => Pick<Facts, 'files'>
  readonly etcd: () => Promise<Pick<EtcdClient, 'askMembers'>>
  readonly sleep: (ms: number) => Promise<void>
}

/** Throws `preflight`, with the numbers, when etcd could lose its quorum by the members that join. */
export async function requireHealthyEtcd({cluster, nodes, factsOf, etcd, sleep}: JoiningControlPlanes): Promise<void> {
  const joining = nodes.filter(
    node => node.role === 'control-plane' && factsOf(node).files[`${MANIFESTS_DIR}/etcd.yaml`] === undefined,
  )
  if (joining.length === 0 || usesExternalEtcd(cluster)) return
  const members = await settledMembers(await etcd(), {isOwn: () => false, tries: 7}, sleep).catch(
    async (error: unknown) => {
      if (error instanceof KadmError) await refuseWithoutQuorum(etcd, CANNOT_JOIN)
      throw error
    },
  )
  const former = joining.map(({address}) => memberAt(members, address))
  const left = members.filter(member => !former.includes(member))
  const doing = `${joining.map(({name}) => name).join(', ')} cannot join etcd`
  refuseLost(left, doing)
  const may = mayAdd(left)
  if (may === true) return
  throw new KadmError('preflight', `${doing}: ${may}`, {hint: START_THEM})
}

/** What a person must know before these control planes join: an even number of them, and load balancers that stay as they are. */
export function joinWarnings(
  cluster: Pick<Cluster, 'controlPlaneEndpoint' | 'virtualAddress'>,
  roles: readonly Role[],
  untouched: readonly {readonly name: string}[],
): readonly string[] {
  const quorum = evenQuorum(roles.filter(role => role === 'control-plane').length)
  const names = untouched.map(({name}) => name).join(', ')
  return [
    ...(quorum === undefined ? [] : [`the cluster ${quorum}`]),
    ...(balancerOf(cluster) === undefined || names === ''
      ? []
      : [
          `the load balancers of ${names} do not use the new control planes yet; run kadm apply with a file that lists all machines`,
        ]),
    ...(cluster.virtualAddress?.provider === 'keepalived' && names !== ''
      ? [
          `the new control planes do not share ${cluster.virtualAddress.address} yet, because the others do not know them; run kadm apply with a file that lists all machines`,
        ]
      : []),
  ]
}
