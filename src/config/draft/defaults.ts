import {PORTS} from '../../domain/ports.ts'
import {USUAL_STARTUP_SECONDS, type KeyAlgorithm, type PodNetwork, type Source} from '../../domain/cluster.ts'
import {DEFAULT_REPOSITORY, DEFAULT_VERSION} from '../../domain/releases.ts'

/** The defaults of a cluster: kubeadm's own values, and flannel with its usual pod range. */
export const DEFAULTS = {
  name: 'kubernetes',
  version: DEFAULT_VERSION,
  apiPort: PORTS.apiServer,
  sshPort: 22,
  podSubnets: ['10.244.0.0/16'],
  serviceSubnets: ['10.96.0.0/12'],
  dnsDomain: 'cluster.local',
  imageRepository: DEFAULT_REPOSITORY,
  algorithm: 'RSA-2048',
  caHours: 87_600,
  leafHours: 8760,
  plugin: {kind: 'flannel'},
  source: {kind: 'online'},
  swap: 'off',
  startupSeconds: USUAL_STARTUP_SECONDS,
} as const satisfies {
  readonly algorithm: KeyAlgorithm
  readonly plugin: PodNetwork
  readonly source: Source
  readonly [key: string]: unknown
}
