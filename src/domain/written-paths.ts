import {BALANCER_CONFIG, BALANCER_DIR, BALANCER_MANIFEST} from './load-balancer.ts'
import * as paths from './paths.ts'
import {KEEPALIVED_CHECK, KEEPALIVED_CONFIG, KEEPALIVED_DROP_IN, KUBE_VIP_MANIFEST} from './virtual-address.ts'

/** What kadm writes on a host, by what must lie there: preflight tells of anything else before something is changed. */
export const WRITTEN_FILES = [
  ...['/etc/modules-load.d/kadm.conf', '/etc/sysctl.d/99-zz-kadm.conf', '/etc/crictl.yaml', paths.CONTAINERD_CONFIG],
  ...['/etc/containerd/pod-network.conflist', '/etc/systemd/system/containerd.service'],
  ...['/etc/systemd/system/kubelet.service', '/etc/systemd/system/kubelet.service.d/10-kubeadm.conf'],
  ...[paths.KUBELET_CONFIG, paths.KUBELET_INSTANCE_CONFIG, paths.KUBELET_FLAGS_ENV],
  ...[paths.ADMIN_CONF, paths.SUPER_ADMIN_CONF, paths.KUBELET_CONF, paths.BOOTSTRAP_KUBELET_CONF],
  ...[paths.CONTROLLER_MANAGER_CONF, paths.SCHEDULER_CONF],
  ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map(
    name => `${paths.MANIFESTS_DIR}/${name}.yaml`,
  ),
  ...[BALANCER_CONFIG, BALANCER_MANIFEST],
  ...[KEEPALIVED_CONFIG, KEEPALIVED_CHECK, KEEPALIVED_DROP_IN, KUBE_VIP_MANIFEST],
] as const

/** Folders that kadm makes, or puts something into. */
export const WRITTEN_FOLDERS = [
  ...['/etc/modules-load.d', '/etc/sysctl.d', '/etc/systemd/system', '/etc/containerd', '/etc/cni', paths.CNI_CONF_DIR],
  ...[paths.KUBERNETES_DIR, BALANCER_DIR, paths.MANIFESTS_DIR, paths.PKI_DIR, `${paths.PKI_DIR}/etcd`],
  ...[paths.KUBELET_DIR, '/var/lib/containerd', paths.ETCD_DATA_DIR, paths.KADM_DIR, '/opt/cni', paths.CNI_BIN_DIR],
  ...['/usr/bin', '/usr/local/bin'],
] as const

/** Files of the system in which kadm changes lines. */
export const CHANGED_FILES = ['/etc/hosts', '/etc/hostname', '/etc/fstab'] as const
