/**
 * The default ports of the components (https://kubernetes.io/docs/reference/networking/ports-and-protocols/). TCP, except
 * `vxlan`, which is the UDP port of flannel's vxlan on Linux.
 */
export const PORTS = {
  apiServer: 6443,
  etcdClient: 2379,
  etcdPeer: 2380,
  etcdMetrics: 2381,
  kubelet: 10250,
  kubeletHealth: 10248,
  kubeProxyHealth: 10256,
  kubeProxyMetrics: 10249,
  controllerManager: 10257,
  scheduler: 10259,
  vxlan: 8472,
} as const

/** Ports on which nodes talk to each other and to the control plane. */
export const NODE_PORTS: readonly number[] = [
  PORTS.apiServer,
  PORTS.etcdClient,
  PORTS.etcdPeer,
  PORTS.kubelet,
  PORTS.kubeProxyHealth,
  PORTS.vxlan,
]
