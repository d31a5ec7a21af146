import type {Cluster} from './cluster.ts'
import {ETCD_DATA_DIR, PKI_DIR} from './paths.ts'

type Told = Pick<Cluster, 'kubeadm'>

/** The folder of the certificates. */
export const pkiDir = ({kubeadm}: Told): string => kubeadm?.certificatesDir ?? PKI_DIR

/** The folder in which etcd keeps its data. */
export const etcdDataDir = ({kubeadm}: Told): string => kubeadm?.etcd?.dataDir ?? ETCD_DATA_DIR

/** Whether the cluster stores its state in an etcd that it does not run itself. */
export const usesExternalEtcd = ({kubeadm}: Told): boolean => kubeadm?.externalEtcd !== undefined

const isSkipped = ({kubeadm}: Told, name: string): boolean =>
  (kubeadm?.init?.skipPhases ?? []).some(phase => phase === 'addon' || phase === name)

/** Whether kube-proxy is deployed: kubeadm takes a skipped phase for a disabled add-on (cmd/init.go, manageSkippedAddons). */
export const hasKubeProxy = (cluster: Told): boolean =>
  cluster.kubeadm?.proxyDisabled !== true && !isSkipped(cluster, 'addon/kube-proxy')

/** Whether CoreDNS is deployed. */
export const hasCoreDns = (cluster: Told): boolean =>
  cluster.kubeadm?.dns?.disabled !== true && !isSkipped(cluster, 'addon/coredns')
