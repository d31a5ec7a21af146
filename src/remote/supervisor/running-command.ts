import type {Readable, Writable} from 'node:stream'

/** One command under way on a machine, whatever carries it. */
export interface RunningCommand {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Ends stdin now, even when earlier writes are still waiting; the far side takes that as "stop". */
  readonly hangUp: () => void
  /** The exit code, when the command is over and all its output is here; rejects when the connection is lost. */
  readonly ended: Promise<number>
  /** Gives up on hearing the end; `ended` settles. */
  readonly abandon: () => void
}

/** Opens sessions on one machine. `urgent` does not wait for a free channel. */
export type StartCommand = (
  words: readonly [string, ...string[]],
  options: {readonly signal?: AbortSignal | undefined; readonly urgent?: boolean},
) => Promise<RunningCommand>
