import type {HostKeyPolicy} from '../host-keys/host-key-check.ts'
import type {LocalMachine} from '../local/local-machine.ts'
import type {Secrets} from './ssh-auth.ts'

/** The options that all connections of one run to one host share. */
export interface ConnectOptions {
  /** The host's name, for messages. */
  readonly host: string
  readonly localMachine: LocalMachine
  readonly secrets: Secrets
  readonly policy: HostKeyPolicy
  readonly readyTimeoutMs: number
  /** Between two pings; a few of these in silence, and the line is dead. */
  readonly pingMs: number
  readonly signal: AbortSignal | undefined
}
