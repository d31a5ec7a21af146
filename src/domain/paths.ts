/** Every path kadm reads or writes on a host. The Kubernetes ones are kubeadm's (cmd/kubeadm/app/constants). */
export const KUBERNETES_DIR = '/etc/kubernetes'
export const MANIFESTS_DIR = '/etc/kubernetes/manifests'
export const PKI_DIR = '/etc/kubernetes/pki'
export const ADMIN_CONF = '/etc/kubernetes/admin.conf'
export const SUPER_ADMIN_CONF = '/etc/kubernetes/super-admin.conf'
export const KUBELET_CONF = '/etc/kubernetes/kubelet.conf'
export const BOOTSTRAP_KUBELET_CONF = '/etc/kubernetes/bootstrap-kubelet.conf'
export const CONTROLLER_MANAGER_CONF = '/etc/kubernetes/controller-manager.conf'
export const SCHEDULER_CONF = '/etc/kubernetes/scheduler.conf'
export const KUBELET_DIR = '/var/lib/kubelet'
export const KUBELET_CONFIG = '/var/lib/kubelet/config.yaml'
export const KUBELET_INSTANCE_CONFIG = '/var/lib/kubelet/instance-config.yaml'
export const KUBELET_FLAGS_ENV = '/var/lib/kubelet/kubeadm-flags.env'
export const KUBELET_CLIENT_PEM = '/var/lib/kubelet/pki/kubelet-client-current.pem'
export const ETCD_DATA_DIR = '/var/lib/etcd'

export const KADM_DIR = '/var/lib/kadm'
export const LEDGER_DIR = '/var/lib/kadm/ledger'
export const LEASE_FILE = '/var/lib/kadm/lease'
/** Held by every script that writes; a file of its own, since the lease is replaced by rename. */
export const LOCK_FILE = '/var/lib/kadm/lock'
export const STAGE_DIR = '/var/lib/kadm/stage'
/** One file for each release whose programs kadm fetched and placed. */
export const RELEASES_DIR = '/var/lib/kadm/releases'
/** How far the restore of a snapshot has come, and the manifests that it took away. */
export const RESTORE_DIR = '/var/lib/kadm/restore'
/** What a reboot may forget. */
export const RUN_DIR = '/run/kadm'

export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock'
export const CRI_SOCKET_URL = `unix://${CONTAINERD_SOCKET}`
export const CONTAINERD_CONFIG = '/etc/containerd/config.toml'
/** How containerd reaches registries, a folder for each. */
export const CERTS_DIR = '/etc/containerd/certs.d'
export const CNI_BIN_DIR = '/opt/cni/bin'
export const CNI_CONF_DIR = '/etc/cni/net.d'
