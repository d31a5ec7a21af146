import {MANIFESTS_DIR, KUBERNETES_DIR} from './paths.ts'
import {PORTS} from './ports.ts'

/**
 * The name of the API in a cluster whose nodes run their own load balancer: each node resolves it to itself. `internal` is
 * reserved for private use, so no DNS server outside has it.
 */
export const BALANCER_HOST = 'api.kadm.internal'

/** Not the port of the API server, which listens on every address of a control plane. */
export const BALANCER_PORT = 7443

/** The folder of its configuration, which the pod mounts. */
export const BALANCER_DIR = `${KUBERNETES_DIR}/haproxy`
export const BALANCER_CONFIG = `${BALANCER_DIR}/haproxy.cfg`
export const BALANCER_POD = 'kadm-haproxy'
export const BALANCER_MANIFEST = `${MANIFESTS_DIR}/${BALANCER_POD}.yaml`

/** The loopback ports of a local load balancer. */
export interface LocalBalancer {
  readonly port: number
  /** Where it answers for its own health. */
  readonly healthPort: number
}

/** `controlPlaneEndpoint` of a cluster with local load balancers. */
export const balancerEndpoint = (port = BALANCER_PORT): string => `${BALANCER_HOST}:${String(port)}`

/** The load balancer that each node of the cluster runs; undefined when clients reach the API in another way. */
export function balancerOf({
  controlPlaneEndpoint,
}: {
  readonly controlPlaneEndpoint: string | undefined
}): LocalBalancer | undefined {
  const [host = '', port] = controlPlaneEndpoint?.split(':') ?? []
  return host.toLowerCase() === BALANCER_HOST ? portsFrom(port === undefined ? BALANCER_PORT : Number(port)) : undefined
}

const portsFrom = (port: number): LocalBalancer => ({port, healthPort: port + 1})

/** The port of Kubernetes that a load balancer on this port would take on a node; undefined when both its ports are free. */
export function takenByBalancer(port: number, apiPort: number): number | undefined {
  const wanted: readonly number[] = Object.values(portsFrom(port))
  // The API server may have another port than the usual one, and vxlan uses UDP.
  const others = Object.values(PORTS).filter(other => other !== PORTS.apiServer && other !== PORTS.vxlan)
  return [apiPort, ...others].find(taken => wanted.includes(taken))
}
