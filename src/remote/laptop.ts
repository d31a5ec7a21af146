/** What the transport needs of the machine kadm runs on; `nodeLaptop` is the real one. */
export interface Laptop {
  readonly user: string
  readonly home: string
  /** SSH_AUTH_SOCK, or the system's usual place. */
  readonly agentSocket: string | undefined
  /** undefined when there is no such file. */
  readonly readText: (path: string) => Promise<string | undefined>
  /** Adds one line to a known_hosts file in one write, making the file (0600) and its folder (0700) when missing. */
  readonly appendLine: (path: string, line: string) => Promise<void>
  /** Writes a file that is there anew, in one step, with the mode it has. */
  readonly replaceText: (path: string, text: string) => Promise<void>
  /** Paths that a pattern of an Include line matches, in order. */
  readonly matching: (pattern: string) => Promise<readonly string[]>
}
