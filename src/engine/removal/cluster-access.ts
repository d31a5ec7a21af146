import {inspect} from '../../certs/inspect.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {EtcdClient} from '../../kube/etcd/etcd-client.ts'
import type {Host} from '../../remote/host.ts'

/** How a run reaches the cluster that machines leave. */
export interface ClusterAccess {
  readonly api: KubeClient
  /** Undefined where the run cannot reach etcd, or where etcd is not on the control planes. */
  readonly etcd: (() => Promise<EtcdClient>) | undefined
  /** The control plane that is asked; undefined for a run that has only a kubeconfig. */
  readonly through: Host | undefined
}

/** The hash of the public key of the cluster's CA, as the facts of its machines have it. */
export function caHashOf({api}: ClusterAccess): string | undefined {
  const {trust} = api.endpoint
  return trust === 'unverified' ? undefined : inspect(trust.ca).publicKeyHash
}
