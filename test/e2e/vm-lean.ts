/** The settings of a cluster whose machines may be emulated, one of its control planes `alone` or several `together`. */
export const leanDocuments = (planes: keyof typeof LEADING): string => `---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
encryptionAlgorithm: ECDSA-P256
apiServer: {extraArgs: ${pairs(LEAN_API)}, extraEnvs: ${LEAN_GO}}
etcd: {local: {extraArgs: ${pairs(RARE_HEARTBEAT)}, extraEnvs: ${LEAN_GO}}}
controllerManager: {extraArgs: ${pairs({...LEADING[planes], ...FEW_CONTROLLERS})}, extraEnvs: ${LEAN_GO}}
scheduler: {extraArgs: ${pairs(LEADING[planes])}, extraEnvs: ${LEAN_GO}}
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
nodeLeaseDurationSeconds: 120
nodeStatusUpdateFrequency: 30s
volumeStatsAggPeriod: -1s
`

const pairs = (values: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(values).map(([name, value]) => ({name, value})))

/** The only one of its kind has nobody to keep a lease against; several ask for the lease less often. */
const LEADING = {
  alone: {'leader-elect': 'false'},
  together: {
    'leader-elect-lease-duration': '60s',
    'leader-elect-renew-deadline': '40s',
    'leader-elect-retry-period': '15s',
  },
} as const

/** Emulated, each of these is a wakeup that costs more than what it is for. */
const LEAN_API = {'enable-priority-and-fairness': 'false', 'watch-cache': 'false'}
const RARE_HEARTBEAT = {
  'heartbeat-interval': '1000',
  'election-timeout': '10000',
  'watch-progress-notify-interval': '60s',
}

/**
 * Emulated, a control plane has more to do than it can, gets late, and what is late is asked for again. These have nothing to do in
 * such a cluster but to watch all that there could be.
 */
const IDLE_CONTROLLERS = [
  'persistentvolume-attach-detach',
  'persistentvolume-binder',
  'persistentvolume-expander',
  'persistentvolume-protection',
  'persistentvolumeclaim-protection',
  'ephemeral-volume',
  'volumeattributesclass-protection',
  'horizontal-pod-autoscaler',
  'cronjob',
  'job',
  'ttl-after-finished',
  'replicationcontroller',
  'statefulset',
  'resourcequota',
  'resourceclaim',
  'device-taint-eviction',
  'garbage-collector',
  'endpoints',
  'endpointslice-mirroring',
  'validatingadmissionpolicy-status',
]
const FEW_CONTROLLERS = {
  controllers: ['*', ...IDLE_CONTROLLERS.map(name => `-${name}-controller`)].join(','),
  'node-monitor-grace-period': '180s',
}

/** Emulated, memory is cheaper than time, and to wake a second thread dearer than to wait for the first. */
const LEAN_GO = pairs({GOGC: '400', GOMAXPROCS: '1'})

/** What a VM starts as a service wakes no second thread then either: `LEAN_GO`. */
export const LEAN_SERVICES = String.raw`
mkdir -p /etc/systemd/system.conf.d
printf '[Manager]\nDefaultEnvironment=GOMAXPROCS=1 GOGC=400\n' > /etc/systemd/system.conf.d/lean.conf
systemctl daemon-reexec`
