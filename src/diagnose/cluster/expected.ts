import {parse} from 'yaml'
import {isAddress} from '../../domain/cidr.ts'
import type {Cluster, HostSpec, Role, Taint} from '../../domain/cluster.ts'
import {balancerOf} from '../../domain/load-balancer.ts'
import {at, textAt, textsAt} from '../../kube/json.ts'
import type {NodeStatus} from '../../kube/nodes.ts'
import {CONTROL_PLANE_LABEL} from '../../manifests/node-labels-and-taints.ts'
import type {ClusterSnapshot} from './snapshot.ts'

/** A machine that should be a node. */
export interface ExpectedHost {
  /** Its name as a node; undefined where the machine keeps a name that is not known here. */
  readonly name: string | undefined
  /** Addresses by which its node may be known where the name is not. */
  readonly addresses: readonly string[]
  readonly role: Role
  readonly taints: readonly Taint[]
}

/** A node of which more is to be found out on its machine. */
export type Place = Pick<NodeStatus, 'name' | 'internalAddress'>

/** What to run so that kadm puts things in order. */
export interface Repair {
  /** For what is the cluster's: `kadm apply -f kadm.yaml`, between backticks as all that is typed. */
  readonly cluster: string
  /** Where the cause on a machine stands, as a sentence: `kadm doctor -f kadm.yaml tells why`; without a node, on a control plane. */
  readonly why: (node?: Place) => string
}

/** What a cluster should have, by its file or else by what it was made from. */
export interface Expected {
  /** undefined without a file: then every node is as good as another. */
  readonly hosts: readonly ExpectedHost[] | undefined
  /** `flannel` where kadm deploys it; undefined where the file does not say, or asks for no network add-on. */
  readonly podNetwork: Cluster['network']['plugin']['kind'] | undefined
  readonly repair: Repair
}

/** A cluster's file as what should be there; `names` are the machines' own host names, in the file's order, where these are known. */
export function expectedOf(
  cluster: Pick<Cluster, 'hosts' | 'network'>,
  repair: Repair,
  names: readonly (string | undefined)[] = [],
): Expected {
  return {
    hosts: cluster.hosts.map((host, i) => ({
      name: host.nodeName ?? host.name ?? names[i],
      addresses: addressesOf(host),
      role: host.role,
      taints: host.taints ?? taintsOf(host.role),
    })),
    podNetwork: cluster.network.plugin.kind,
    repair,
  }
}

const taintsOf = (role: Role): readonly Taint[] =>
  role === 'control-plane' ? [{key: CONTROL_PLANE_LABEL, value: undefined, effect: 'NoSchedule'}] : []

function addressesOf({address, ssh, netplan}: HostSpec): readonly string[] {
  const cards = Object.values(netplan?.interfaces ?? {}).flatMap(card => card.addresses)
  const all = [address, ssh === 'local' ? undefined : ssh.address, ...cards.map(one => one.split('/')[0])]
  return all.filter((one): one is string => one !== undefined && isAddress(one))
}

/** What the cluster was made from, as kubeadm and kadm keep it. */
export interface MadeFrom {
  readonly externalEtcd: boolean
  /** Each node reaches the API through its own load balancer. */
  readonly localBalancer: boolean
  /** Left out on purpose (`proxy.disabled`, `dns.disabled`). */
  readonly withoutProxy: boolean
  readonly withoutDns: boolean
}

/** Reads the ConfigMap kubeadm-config; what it does not say is as usual. */
export function madeFrom({configMaps}: Pick<ClusterSnapshot, 'configMaps'>): MadeFrom {
  const document = documentOf(textsAt(configMaps.kubeadm, 'data')['ClusterConfiguration'])
  return {
    externalEtcd: at(document, 'etcd', 'external') !== undefined,
    localBalancer: balancerOf({controlPlaneEndpoint: textAt(document, 'controlPlaneEndpoint')}) !== undefined,
    withoutProxy: at(document, 'proxy', 'disabled') === true,
    withoutDns: at(document, 'dns', 'disabled') === true,
  }
}

/** The YAML document that a ConfigMap keeps as text; undefined for one that is not there or cannot be read. */
export function documentOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : parse(text)
  } catch {
    return undefined
  }
}
