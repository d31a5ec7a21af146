/** What the transport needs from the machine on which kadm runs; `nodeLocalMachine` is the real one. */
export interface LocalMachine {
  readonly user: string
  /** Its number, for `%i` in the ssh config. */
  readonly uid: number
  readonly home: string
  /** This machine's own name, for `%l` in the ssh config. */
  readonly hostName: string
  /** SSH_AUTH_SOCK, or the system's usual place. */
  readonly agentSocket: string | undefined
  /** An environment variable. */
  readonly variable: (name: string) => string | undefined
  /** The home folder of another user here; undefined when there is no such user. */
  readonly homeOf: (user: string) => Promise<string | undefined>
  /** Whether a command of the user's shell ends with exit code 0, for `Match exec`. */
  readonly succeeds: (command: string) => Promise<boolean>
  /** The addresses of this machine's own network interfaces, for `Match localnetwork`. */
  readonly addresses: () => readonly string[]
  /** Prints a note for the user, once; the work continues. */
  readonly note: (text: string) => void
  /** undefined when there is no such file; one that cannot be read is noted and counts as missing, as for ssh. */
  readonly readText: (path: string) => Promise<string | undefined>
  /** Of a file that the ssh config includes: a folder is noted and skipped, anything else that cannot be read is refused, as by ssh. */
  readonly readIncluded: (path: string) => Promise<string | undefined>
  /**
   * Reads a file that the user named: undefined when the file does not exist; throws `config` when it cannot be
   * read.
   */
  readonly readNamed: (path: string) => Promise<string | undefined>
  /** Adds one line to a known_hosts file in one write, making the file (0600) and its folder (0700) when missing; notes when it cannot. */
  readonly appendLine: (path: string, line: string) => Promise<void>
  /** Replaces an existing file in one step and keeps its mode. */
  readonly replaceText: (path: string, text: string) => Promise<void>
  /** Paths that a pattern of an Include line matches, in order. */
  readonly matching: (pattern: string) => Promise<readonly string[]>
}
