import type {Cluster} from '../../domain/cluster.ts'
import type {EndpointAnswer} from '../../phases/preflight/input.ts'
import type {Host} from '../../remote/host.ts'
import {tryEndpoint} from './try-endpoint.ts'

/** What the host meets at each address of an etcd that the cluster does not run. */
export async function tryOutsideEtcd(
  host: Host,
  {kubeadm}: Pick<Cluster, 'kubeadm'>,
): Promise<ReadonlyMap<string, EndpointAnswer | undefined>> {
  const asked = (kubeadm?.externalEtcd?.endpoints ?? []).map(async endpoint => {
    const {hostname, port, protocol} = new URL(endpoint)
    const to = {host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (protocol === 'https:' ? 443 : 80))}
    return [endpoint, await tryEndpoint(host, to, undefined)] as const
  })
  return new Map(await Promise.all(asked))
}
