import type {ClosedChain} from './closed-chain.ts'
import type {RestoreState} from './restore.ts'
import type {SharedFacts} from './shared-facts.ts'

/** What one read-only script saw on one host, in one round trip. Sizes in bytes, times in seconds unless named otherwise. */
export interface Facts {
  readonly hostname: string
  /** Whether the host's own hosts file knows its name. */
  readonly hostnameResolves: boolean
  readonly os: {
    readonly id: string
    readonly idLike: readonly string[]
    readonly versionId: string
    readonly pretty: string
  }
  readonly kernel: {
    readonly release: string
    readonly architecture: string
    /** The build's options that Kubernetes asks for, without CONFIG_; undefined where the kernel's config cannot be read. */
    readonly options: Readonly<Record<string, 'y' | 'm'>> | undefined
  }
  readonly cpus: number
  readonly memoryBytes: number
  /** What the kernel could give to programs now. */
  readonly memoryAvailableBytes: number
  /** As `systemd-detect-virt` says: none, kvm, systemd-nspawn, …. */
  readonly virtualization: string
  readonly isContainer: boolean
  readonly identity: Identity
  /** Of the script itself: 0 where root was reached. */
  readonly effectiveUid: number
  /** Who logged in (before sudo). */
  readonly user: {
    readonly name: string
    readonly uid: number
    readonly gid: number
    readonly home: string
    readonly sudo: 'root' | 'nopasswd' | 'password' | 'none'
  }
  readonly network: NetworkFacts
  readonly swap: readonly SwapSource[]
  /** Of this host's own swap: what would have to fit into memory when it is turned off. */
  readonly swapUsedBytes: number
  readonly cgroup: {readonly version: 1 | 2; readonly controllers: readonly string[]}
  /** Bounding set, as names without CAP_, lower case: `sys_resource`. */
  readonly capabilities: readonly string[]
  /** By full name (`kubelet.service`); a unit that is not listed does not exist. */
  readonly units: Readonly<Record<string, UnitFacts>>
  readonly modules: {
    readonly loaded: readonly string[]
    readonly builtin: readonly string[]
    readonly loadable: boolean
  }
  /** By dotted name. */
  readonly sysctls: Readonly<Record<string, string>>
  readonly packages: Readonly<Record<string, {readonly version: string; readonly held: boolean}>>
  /** Whether dpkg was interrupted and wants `dpkg --configure -a`. */
  readonly packagesInterrupted: boolean
  readonly packageLock: {readonly pid: number; readonly command: string; readonly ageSeconds: number} | undefined
  /** Absolute path to what is there; a path not listed is not there. */
  readonly files: Readonly<Record<string, FileFacts>>
  readonly commands: readonly string[]
  readonly containerd: {
    readonly binary: string | undefined
    readonly version: string | undefined
    readonly criDisabled: boolean
    readonly systemdCgroup: boolean | undefined
    readonly socket: boolean
  }
  /** Sockets of container runtimes that exist: containerd, CRI-O, cri-dockerd, docker. */
  readonly runtimeSockets: readonly string[]
  readonly kubelet: {
    readonly version: string | undefined
    readonly running: boolean
    readonly cgroupDriver: 'systemd' | 'cgroupfs' | undefined
    /** `--node-ip` of its present flags. */
    readonly nodeIp: string | undefined
  }
  /** The folder of the cluster's certificates, by the files of the host; undefined: /etc/kubernetes/pki. */
  readonly certificatesDir?: string | undefined
  /** The folder of etcd's data, by the files of the host; undefined: /var/lib/etcd. */
  readonly etcdDataDir?: string | undefined
  /** A restore of a snapshot that has not ended on this host. */
  readonly restore?: RestoreState | undefined
  /** SHA-256 hex of the DER SubjectPublicKeyInfo of `ca.crt` in the folder of the certificates. */
  readonly clusterCaHash: string | undefined
  readonly nodeName: string | undefined
  /** `server` of /etc/kubernetes/kubelet.conf. */
  readonly apiServer: string | undefined
  /** `--advertise-address` of the API server's manifest. */
  readonly advertiseAddress: string | undefined
  /** Tag of the API server's image in its manifest, `v1.37.2`. */
  readonly apiServerVersion?: string | undefined
  /** The time in the middle of the script: compare it with the middle of the caller's round trip. */
  readonly clock: {readonly epochSeconds: number; readonly synchronized: boolean | undefined}
  readonly disks: readonly {
    readonly path: string
    readonly freeBytes: number
    readonly totalBytes: number
    readonly readOnly: boolean
    /** undefined where the file system makes them as it needs them (btrfs says 0). */
    readonly inodes?: {readonly free: number; readonly total: number} | undefined
  }[]
  /** Median of a few small synced writes below /var/lib, milliseconds. */
  readonly fsyncMs: number | undefined
  readonly listening: readonly {
    readonly port: number
    readonly address: string
    readonly process: string
    /** The systemd unit that the process belongs to: `nginx.service`; undefined where that cannot be seen. */
    readonly unit?: string | undefined
  }[]
  readonly resolv: {
    readonly nameservers: readonly string[]
    readonly resolvedActive: boolean
    readonly upstreams: readonly string[]
  }
  /** What /etc/environment says, without user names and passwords. */
  readonly proxy: {
    readonly http: string | undefined
    readonly https: string | undefined
    readonly noProxy: string | undefined
  }
  readonly firewall: FirewallFacts
  readonly extraCaDirs: readonly string[]
  /** undefined when it is missing. */
  readonly cloudInit: CloudInitFacts | undefined
  /** Of the run that holds it, with the seconds since its last sign of life; undefined when nobody does. */
  readonly lease: {readonly holder: string; readonly ageSeconds: number} | undefined
  readonly ledgerEntries: number
  readonly shared: SharedFacts
}

/** What cloud-init may do to a host's names at its next boot. */
export interface CloudInitFacts {
  readonly disabled: boolean
  /** What its user-data says, which counts more than any file below /etc/cloud. */
  readonly userData: {readonly preserveHostname: string | undefined; readonly manageEtcHosts: string | undefined}
}

export interface Identity {
  readonly machineId: string
  readonly bootId: string
  /** undefined in a container, where it is the outer machine's. */
  readonly productUuid: string | undefined
  /** `SHA256:…`, as ssh-keygen prints them. */
  readonly hostKeys: readonly string[]
  /** Of the interfaces that carry node addresses. */
  readonly macs: readonly string[]
}

export interface NetworkFacts {
  /** The address this login came in by, as the host sees it. */
  readonly connectedAddress: string | undefined
  readonly interfaces: readonly InterfaceFacts[]
  readonly routes: readonly {
    readonly destination: string
    readonly device: string
    readonly gateway: string | undefined
    /** `main`, or the number or name of another table. */
    readonly table: string
  }[]
  /** Interfaces that ifupdown's files speak of. */
  readonly ifupdown?: readonly string[] | undefined
  /** The interface and source address of the default route. */
  readonly defaultRoute: {readonly device: string; readonly source: string | undefined} | undefined
}

export interface InterfaceFacts {
  readonly name: string
  readonly mac: string
  readonly mtu: number
  readonly up: boolean
  /** `physical` is every link that may carry a node's address: also virtio, bond, vlan and a container's own uplink (host0). */
  readonly kind: 'physical' | 'bridge' | 'veth' | 'vxlan' | 'loopback' | 'other'
  readonly addresses: readonly {
    readonly address: string
    readonly prefix: number
    readonly family: 4 | 6
    readonly dynamic: boolean
    readonly secondary: boolean
  }[]
}

/** One swap area, and what enables it at boot. A unit that is already masked does not count as a source. */
export type SwapSource = SwapArea &
  (
    | {
        readonly kind: 'fstab'
        readonly line: string
        /** What systemd makes of the partition's GPT type as soon as fstab no longer names it. */
        readonly unit?: string | undefined
      }
    | {readonly kind: 'unit'; readonly unit: string}
    | {readonly kind: 'zram'; readonly unit?: string | undefined}
    | {readonly kind: 'gpt'; readonly unit: string}
    | {readonly kind: 'unknown'}
    /** Another kernel's swap seen through a container; nothing on this host can turn it off. */
    | {readonly kind: 'outside'}
  )

interface SwapArea {
  /** As its source names it: `UUID=…`, a file, a device. */
  readonly device: string
  /** As the kernel names it in /proc/swaps. */
  readonly path: string
  readonly active: boolean
}

export interface FirewallFacts {
  readonly ufw: boolean
  readonly firewalld: boolean
  readonly nftables: boolean
  /** Without the chains of ufw and firewalld, whose own tools are asked instead, and without those of Kubernetes. */
  readonly closed: readonly ClosedChain[]
}

export interface UnitFacts {
  readonly active: string
  readonly enabled: string
}

export interface FileFacts {
  readonly type: 'file' | 'directory' | 'symlink' | 'other'
  /** Four octal digits. */
  readonly mode: string
  readonly owner: string
  readonly size: number
  /** Of regular files up to 1 MiB. */
  readonly sha256: string | undefined
}
