import type {Duplex, Readable, Writable} from 'node:stream'

/** One machine as seen over a transport (ssh or local). The only way anything reaches a host. */
export interface Host {
  /** The name the user gave it; messages about the machine begin with it. */
  readonly name: string
  /**
   * Runs a POSIX shell script as root (`sudo -n sh -s`, script on stdin, never in argv).
   * Resolves with whatever exit code the script had; rejects with KadmError `host-lost` when the connection is lost,
   * `timeout` when `timeoutMs` passed, `cancelled` when `signal` fired; in both cases the remote process group is ended.
   */
  run(script: string, options?: RunOptions): Promise<RunResult>
  /** As `run`, and rejects with `remote` (whole stderr as evidence) when the exit code is not 0. Gives stdout. */
  read(script: string, options?: RunOptions): Promise<string>
  /**
   * Streams `content` to the stdin of `script` run as root (for example `gzip -dc | ctr images import -`), with back pressure.
   * The script is not on stdin here: it must hold no secret.
   */
  pipe(content: Readable, script: string, options?: PipeOptions): Promise<RunResult>
  /** Opens a TCP stream from the machine to `host:port` as seen from there (ssh forwardOut; net.connect when local). */
  forward(host: string, port: number): Promise<Duplex>
  /**
   * Opens a new connection and logs in, to the current address of the machine or to one of `addresses`: the
   * first one, in this order, that accepts the login. Only the host key that the machine showed before is
   * accepted. Later calls use the new connection. Undefined for a transport without a connection (local).
   */
  renew?(addresses: readonly string[], options?: RenewOptions): Promise<Reached>
  /**
   * Resolves when the connection stands: at once, or after dialling again where it was lost; rejects with `host-lost`. Every other
   * call does so first. Not there where no connection is needed (local).
   */
  reach?(options?: ReachOptions): Promise<void>
  /** Told in words, from now on, that the connection was lost and is dialled again, and that it stands again. */
  onLink?(listener: (message: string) => void): void
  close(): Promise<void>
}

export interface ReachOptions {
  readonly signal?: AbortSignal | undefined
}

export interface Reached {
  readonly address: string
  /** Whether that is another address than the first connection's. */
  readonly hasMoved: boolean
}

export interface RenewOptions {
  readonly signal?: AbortSignal | undefined
  /** For each address; default 20,000 ms. */
  readonly timeoutMs?: number | undefined
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined
  /** Default 120,000 ms. */
  readonly timeoutMs?: number | undefined
  /** Takes stdout as it comes, with back pressure, instead of `RunResult.stdout`; not ended here. */
  readonly output?: Writable | undefined
  /** Told of each line on stderr as it comes; all of it is in `RunResult.stderr` nevertheless. */
  readonly heard?: ((line: string) => void) | undefined
  /** Run as the login user instead of root. */
  readonly asLoginUser?: boolean | undefined
}

export interface PipeOptions extends RunOptions {
  /** Bytes of the content, where they are known: it goes quicker then, and other content than that is an error. */
  readonly length?: number | undefined
}

export interface RunResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}
