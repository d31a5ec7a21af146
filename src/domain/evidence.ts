import type {Facts} from './facts.ts'

/** One thing a log said, however often: equal lines are one. Secrets were taken out on the host. */
export interface LogLine {
  readonly text: string
  readonly count: number
  /** When it was said last, seconds since the epoch. */
  readonly at: number
}

/** A systemd unit with what it said of late; `lines` hold no mere information. */
export interface UnitEvidence {
  /** `active`, `activating`, `failed`, `inactive`; empty when there is no such unit. */
  readonly active: string
  /** `running`, `auto-restart`, `dead`, … */
  readonly sub: string
  readonly result: string
  readonly exitStatus: number
  readonly restarts: number
  /** How long its process has run. */
  readonly runningSeconds: number | undefined
  readonly lines: readonly LogLine[]
}

/** A container of kube-system or of the pod network, as its newest attempt. */
export interface ContainerEvidence {
  readonly namespace: string
  readonly pod: string
  readonly name: string
  /** How often it was started again. */
  readonly attempt: number
  /** undefined when the runtime did not answer. */
  readonly running: boolean | undefined
  readonly startedAt: number | undefined
  readonly lines: readonly LogLine[]
  /** What the attempt before said. */
  readonly earlier: readonly LogLine[]
}

export interface DiskEvidence {
  readonly path: string
  readonly freeBytes: number
  readonly totalBytes: number
  /** undefined where the file system has no fixed number of them. */
  readonly freeInodes: number | undefined
  readonly totalInodes: number | undefined
  readonly readOnly: boolean
}

export interface CertificateEvidence {
  readonly path: string
  readonly commonName: string
  readonly notBefore: number
  readonly notAfter: number
}

/** What explains a node or a control plane that does not come up; all of it from one look at one host. */
export interface Evidence {
  readonly hostname: string
  readonly isContainer: boolean
  /** The host's clock, seconds since the epoch. */
  readonly now: number
  readonly kubelet: UnitEvidence
  readonly containerd: UnitEvidence
  readonly containers: readonly ContainerEvidence[]
  readonly kernel: readonly LogLine[]
  readonly listening: Facts['listening']
  readonly disks: readonly DiskEvidence[]
  readonly memory: {readonly totalBytes: number; readonly availableBytes: number}
  /** Devices and files of /proc/swaps. */
  readonly swaps: readonly string[]
  readonly cgroupVersion: 1 | 2
  /** Of the kubelet's configuration files; undefined when there are none. */
  readonly kubeletConfig:
    {readonly cgroupDriver: string | undefined; readonly resolvConf: string | undefined} | undefined
  readonly runtime: {
    readonly installed: boolean
    readonly socket: boolean
    readonly criDisabled: boolean
    readonly systemdCgroup: boolean | undefined
    readonly sandboxImage: string | undefined
    /** References of the images it has; undefined when it did not answer. */
    readonly images: readonly string[] | undefined
  }
  readonly network: {
    /** Files of /etc/cni/net.d that are configurations. */
    readonly cniConfigs: readonly string[]
    readonly cniPlugins: readonly string[]
    readonly nameservers: readonly string[]
    /** Name servers of the file that the kubelet gives to pods. */
    readonly podNameservers: readonly string[]
  }
  readonly sysctls: Readonly<Record<string, string>>
  /** inotify instances that root has open, as far as this host sees. */
  readonly inotifyInUse: number | undefined
  readonly certificates: readonly CertificateEvidence[]
  readonly join: {
    readonly hasBootstrapKubeconfig: boolean
    readonly hasKubeconfig: boolean
    readonly hasClientCertificate: boolean
    /** `server` of the kubelet's kubeconfig, else of the one it joins with. */
    readonly apiServer: string | undefined
  }
  readonly manifests: readonly {readonly name: string; readonly image: string | undefined}[]
  readonly packageLock: Facts['packageLock']
  /** Packages of a node that the machine may upgrade by itself. */
  readonly unheld: readonly {readonly name: string; readonly version: string}[]
}
