import type {Snapshot} from '../e2e/snapshot.ts'

/** What differs between two nodes that were made in the same way: pods, images by their snapshots, databases, rotated certificates, caches. */
const OWN = new RegExp(
  [
    '/var/lib/containerd/',
    '/var/lib/etcd/',
    '/var/lib/cni/',
    '/var/lib/kubelet/(pods|plugins|plugins_registry|pod-resources|device-plugins|checkpoints|actuated_pods_state|allocated_pods_state)',
    '/var/lib/kubelet/(cpu|memory|dra)_manager_state',
    '/var/lib/kubelet/pki/kubelet.*-[0-9-]+\\.pem',
    '/var/lib/kubelet/pki/kubelet-client-current\\.pem',
    '/var/lib/kubelet/\\.[0-9]+',
    '/var/lib/kadm/ledger/[^/ ]+/',
    '/home/[^/]+/\\.(kube/cache|cache)',
    '/root/\\.(kube/cache|cache)',
    '/tmp/',
  ].join('|'),
)

/** Files with their modes and owners, unit files, the units of a node and the kernel's settings: what every node of a cluster has alike. */
export const nodeState = (snapshot: Snapshot): Snapshot =>
  new Set(
    [...snapshot].filter(
      line =>
        (line.startsWith('path ') && !OWN.test(line)) ||
        line.startsWith('unit file ') ||
        /^unit (kubelet|containerd|kadm-)/.test(line) ||
        (line.startsWith('sysctl ') && !/\.(cni0|flannel\/1|veth[^.]*)\./.test(line)),
    ),
  )
