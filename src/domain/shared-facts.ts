/** What others left in folders that kadm shares with them, and what keeps kadm from writing; only what preflight judges. */
export interface SharedFacts {
  /** All that systemd-sysctl reads at boot, of every folder. */
  readonly sysctlFiles: readonly SysctlFile[]
  /** Names of the pods that files of MANIFESTS_DIR define, by path. */
  readonly manifests: Readonly<Record<string, string>>
  /** How others start kubelet and containerd: lines of unit files, drop-ins and environment files by path. */
  readonly serviceFiles: Readonly<Record<string, readonly string[]>>
  /** Lines that name package repositories, by file; without users and passwords. */
  readonly repositories: Readonly<Record<string, readonly string[]>>
  /** Paths kadm may have to write that cannot be changed or replaced. */
  readonly fixed: readonly {readonly path: string; readonly by: 'immutable' | 'append-only' | 'mount'}[]
  /** How many lines begin and end a block of kadm's, by the block's name in /etc/hosts. */
  readonly blocks: Readonly<Record<string, {readonly begins: number; readonly ends: number}>>
}

export interface SysctlFile {
  readonly path: string
  /** Its lines about forwarding and bridges; none where it is empty or a link to /dev/null. */
  readonly lines: readonly string[]
}

/** The empty value: no settings of other programs, and no fixed paths. */
export const NOTHING_SHARED: SharedFacts = {
  sysctlFiles: [],
  manifests: {},
  serviceFiles: {},
  repositories: {},
  fixed: [],
  blocks: {},
}
