import type {Duplex, Readable, Writable} from 'node:stream'

/** One machine, reached over a transport (ssh or local). All access to hosts goes through this interface. */
export interface Host {
  /** The name that the user gave the machine; messages about it start with this name. */
  readonly name: string
  /**
   * Runs a POSIX shell script as root (`sudo -n sh -s`, script on stdin, never in argv). Resolves with any exit
   * code; rejects with KadmError `host-lost` when the connection is lost, `timeout` after `timeoutMs`, and
   * `cancelled` when `signal` fires. When it rejects, the remote process group is stopped.
   */
  run(script: string, options?: RunOptions): Promise<RunResult>
  /**
   * Like `run`, but returns stdout and rejects with `remote` (all of stderr as evidence) when the exit code is
   * not 0.
   */
  read(script: string, options?: RunOptions): Promise<string>
  /**
   * Streams `content` to the stdin of `script`, which runs as root (for example `gzip -dc | ctr images import
   * -`), with back pressure. This script is not on stdin, so it must not contain secrets.
   */
  pipe(content: Readable, script: string, options?: PipeOptions): Promise<RunResult>
  /**
   * Opens a TCP stream from the machine to `host:port`, as the machine resolves it (ssh forwardOut; net.connect
   * for local). Rejects with KadmError `connect` when it did not open within 25 s.
   */
  forward(host: string, port: number): Promise<Duplex>
  /**
   * Opens a new connection and logs in, to the current address of the machine or to one of `addresses`: the
   * first one, in this order, that accepts the login. Only the host key that the machine showed before is
   * accepted. Later calls use the new connection. Undefined for a transport without a connection (local).
   */
  renew?(addresses: readonly string[], options?: RenewOptions): Promise<Reached>
  /**
   * Resolves when the connection is up: at once, or after it reconnected; rejects with `host-lost`. Every other
   * call does this first. Undefined for a transport without a connection (local).
   */
  reach?(options?: ReachOptions): Promise<void>
  /**
   * Calls `listener` with a message, from now on, when the connection is lost and kadm reconnects, and when it is up
   * again.
   */
  onLink?(listener: (message: string) => void): void
  close(): Promise<void>
}

export interface ReachOptions {
  readonly signal?: AbortSignal | undefined
}

export interface Reached {
  readonly address: string
  /** Whether the address differs from the address of the first connection. */
  readonly hasMoved: boolean
}

export interface RenewOptions {
  readonly signal?: AbortSignal | undefined
  /** The limit for each address; default 20,000 ms. */
  readonly timeoutMs?: number | undefined
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined
  /** Default 120,000 ms. */
  readonly timeoutMs?: number | undefined
  /** Receives stdout as it arrives, with back pressure, instead of `RunResult.stdout`; the caller ends this stream. */
  readonly output?: Writable | undefined
  /** Called with each line on stderr as it arrives; `RunResult.stderr` still contains all of them. */
  readonly onStderrLine?: ((line: string) => void) | undefined
  /** Run as the login user instead of root. */
  readonly asLoginUser?: boolean | undefined
}

export interface PipeOptions extends RunOptions {
  /** The size of the content in bytes, if known: the transfer is faster, and content of any other size is an error. */
  readonly length?: number | undefined
}

export interface RunResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}
