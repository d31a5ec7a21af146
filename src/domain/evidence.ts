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
  /** Its unit file is a link to /dev/null. */
  readonly masked: boolean
  /** `enabled`, `disabled`, `static`, …; empty when systemd does not say. */
  readonly fileState: string
  /** `active`, `activating`, `failed`, `inactive`; empty when there is no such unit. */
  readonly active: string
  /** `running`, `auto-restart`, `dead`, … */
  readonly sub: string
  readonly result: string
  readonly exitStatus: number
  readonly restarts: number
  /** How long its process has run. */
  readonly runningSeconds: number | undefined
  /** Its last start, whether it still runs or not; seconds since the epoch. */
  readonly startedAt: number | undefined
  readonly lines: readonly LogLine[]
}

/** A container of kube-system or of the pod network, as its newest attempt. */
export interface ContainerEvidence {
  readonly namespace: string
  readonly pod: string
  readonly podUid: string
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
  /** Whether the authority that should have signed it did; undefined when that authority's certificate is not there. */
  readonly isSignedByItsCa: boolean | undefined
  /** Names and addresses that it is for. */
  readonly sans: readonly string[]
}

/** What a probe of a TCP port saw; undefined when the host has no program to try it with. */
export type PortAnswer = 'open' | 'refused' | 'silent' | undefined

/** What the API answered this host's kubelet's identity. */
export interface ApiProbe {
  /** The name by which it asked for its own node. */
  readonly node: string
  readonly answered: boolean
  /** What kubectl said when it failed. */
  readonly error: string
  /** What a plain connection to the address of the kubeconfig met. */
  readonly port: PortAnswer
  /** Another address, which kube-proxy on this host uses for the API, and whose port is open. */
  readonly elsewhere: string | undefined
  readonly state: NodeState | undefined
}

/** The host's own Node object. */
export interface NodeState {
  readonly podRanges: readonly string[]
  readonly addresses: readonly string[]
  readonly unschedulable: boolean
  /** `KEY:EFFECT`. */
  readonly taints: readonly string[]
  readonly conditions: readonly {readonly type: string; readonly status: string; readonly message: string}[]
}

/** Another node, as the pod network knows it, and how far it can be reached from here. */
export interface PeerEvidence {
  readonly address: string
  readonly podAddress: string
  readonly kubeletPort: PortAnswer
  /** Whether an address beyond the tunnel answered. */
  readonly tunnel: boolean | undefined
  /** Whether packets to its pods enter the tunnel; undefined when the host does not say. */
  readonly isRouted: boolean | undefined
}

/** A file of the folder of static pods; the kubelet reads each that does not begin with a dot, whatever its ending. */
export interface ManifestFile {
  readonly file: string
  readonly pod: string
  readonly image: string | undefined
  /** Seconds since the epoch. */
  readonly changedAt: number | undefined
}

/** A file that is not there, and the file that names it. */
export interface LackingFile {
  readonly path: string
  readonly namedIn: string
}

/** A name server that the Corefile of this host's CoreDNS names by its address. */
export interface DnsForward {
  readonly address: string
  /** Whether it answered a question; undefined when the host has no program to ask with. */
  readonly answered: boolean | undefined
}

/** A rule of the packet filter that throws packets away. */
export interface DropRule {
  readonly rule: string
  /** The command that takes it out; undefined where the host does not say where it stands. */
  readonly remove: string | undefined
}

/** A configuration of the pod network, in the order in which containerd reads them. */
export interface CniConfig {
  readonly file: string
  /** The network's name; empty when it cannot be read. */
  readonly network: string
  readonly plugins: readonly string[]
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
    | {
        readonly cgroupDriver: string | undefined
        readonly resolvConf: string | undefined
        readonly runtimeEndpoint: string | undefined
        readonly failSwapOn: boolean
      }
    | undefined
  readonly runtime: {
    readonly installed: boolean
    readonly socket: boolean
    readonly criDisabled: boolean
    readonly systemdCgroup: boolean | undefined
    readonly sandboxImage: string | undefined
    /** References of the images it has; undefined when it did not answer. */
    readonly images: readonly string[] | undefined
    /** It did not even tell its version within several seconds. */
    readonly isSilent: boolean
  }
  readonly network: {
    /** Files of /etc/cni/net.d that are configurations. */
    readonly cniConfigs: readonly CniConfig[]
    /** Addresses given to pods of this host, by network. */
    readonly podAddresses: readonly {readonly network: string; readonly address: string}[]
    /** FLANNEL_SUBNET of /run/flannel/subnet.env; undefined when the file or the value is missing. */
    readonly flannelSubnet: string | undefined
    /** Whether flannel's tunnel is among the network interfaces, and up; undefined when that is not known. */
    readonly tunnel: 'yes' | 'down' | 'no' | undefined
    /** Whether flannel made its tunnel again without the entries for the other nodes. */
    readonly isTunnelEmpty?: boolean | undefined
    /** Whether the bridge of the pods was taken down. */
    readonly isBridgeDown: boolean
    /** Whether /etc/hosts or another source knows `localhost`. */
    readonly localhostResolves: boolean | undefined
    readonly cniPlugins: readonly string[]
    readonly nameservers: readonly string[]
    /** Name servers of the file that the kubelet gives to pods. */
    readonly podNameservers: readonly string[]
    /** Whether that file is there. */
    readonly hasPodResolvConf: boolean
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
  readonly manifests: readonly ManifestFile[]
  /** Files of a control plane that are there. */
  readonly controlPlane: {
    readonly adminConf: boolean
    readonly apiCertificate: boolean
    /** `--etcd-servers` of the API server's manifest. */
    readonly etcdServers: string | undefined
  }
  /** Names of flags, and where each is given. */
  readonly flags: readonly {readonly place: string; readonly name: string}[]
  /** Files of /etc/kubernetes that a static pod or the kubelet is configured to read, and that are missing or empty. */
  readonly lackingFiles: readonly LackingFile[]
  /** A name server that the kubelet gives to pods and that does not answer, beside the address of the cluster's own. */
  readonly silentDns: {readonly address: string; readonly service: string} | undefined
  /** Files that kadm wrote, as its ledger says, and that others have changed since. */
  readonly changedFiles: readonly string[]
  /** The name servers that CoreDNS on this host is configured to use, and their answers. */
  readonly dnsForwards: readonly DnsForward[]
  /** UIDs of the pods that this host has now; undefined when it cannot be read. */
  readonly podUids: readonly string[] | undefined
  readonly kubeletAnswers: boolean | undefined
  readonly api: ApiProbe | undefined
  /** Checks of the API server's /readyz that fail. */
  readonly notReady: readonly string[]
  readonly peers: readonly PeerEvidence[]
  /** Rules of the packet filter that drop or reject what nodes need. */
  readonly dropRules: readonly DropRule[]
  /** keepalived, where kadm set it up; `checkPasses` is about the API server of the machine. */
  readonly keepalived?:
    | {
        readonly active: string
        readonly checkPasses: boolean
        readonly hasCurl: boolean
        readonly lastLine: string | undefined
      }
    | undefined
  /** Tracked connections. */
  readonly connections: number | undefined
  readonly packageLock: Facts['packageLock']
  /** Packages of a node that the machine may upgrade by itself. */
  readonly unheld: readonly {readonly name: string; readonly version: string}[]
}
