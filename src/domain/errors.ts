/** The kind of an error, by who can fix it; the number is the exit code of the process. */
export const EXIT = {
  usage: 2,
  config: 2,
  preflight: 3,
  connect: 4,
  'no-forwarding': 4,
  remote: 5,
  timeout: 6,
  drift: 7,
  lease: 8,
  verify: 9,
  'host-lost': 10,
  cancelled: 130,
} as const

export type ErrorCode = keyof typeof EXIT

export interface ErrorDetails {
  /** The host it happened on, by the name the user gave it. */
  readonly host?: string | undefined
  /** What the person can do next, as one imperative sentence. */
  readonly hint?: string | undefined
  /** The lines that prove it: whole stderr, a journal excerpt, the offending text. */
  readonly evidence?: string | undefined
  /** Set when nothing answered at the address of a machine, as when it is off; unset when the machine refused something. */
  readonly isSilent?: boolean | undefined
  readonly cause?: unknown
}

/** An error a person can act on. Anything else that is thrown is a bug. */
export class KadmError extends Error {
  override readonly name = 'KadmError'
  readonly code: ErrorCode
  readonly host: string | undefined
  readonly hint: string | undefined
  readonly evidence: string | undefined
  readonly isSilent: boolean

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : {cause: details.cause})
    this.code = code
    this.host = details.host
    this.hint = details.hint
    this.evidence = details.evidence
    this.isSilent = details.isSilent ?? false
  }
}

/** Everything that an error says besides its message, for another error with the same cause. */
export const detailsOf = ({host, hint, evidence, isSilent, cause}: KadmError): ErrorDetails => ({
  host,
  hint,
  evidence,
  isSilent,
  cause,
})

/**
 * The connection to a machine that stood was lost in the middle of work, or the machine no longer answers on it.
 * `connect` is for what could not be reached or logged in to in the first place.
 */
export const hostLost = (host: string, message: string, details: Omit<ErrorDetails, 'host'> = {}): KadmError =>
  new KadmError('host-lost', message, {
    hint: 'check that the machine is on and that this network reaches it, then run the same command again; completed steps are skipped',
    ...details,
    host,
  })

/** Whether it failed because a machine cannot be reached: from the start, or any more. */
export const isUnreachable = (error: unknown): error is KadmError =>
  error instanceof KadmError && (error.code === 'connect' || error.code === 'host-lost')

/** Whether a machine does not answer at all, from the start or any more: it is off, or the network does not reach it. */
export const isAway = (error: unknown): error is KadmError =>
  error instanceof KadmError && (error.isSilent || error.code === 'host-lost')

const NO_ANSWER: readonly ErrorCode[] = ['connect', 'timeout', 'remote']

/** Whether a server gave no answer that can be used: another one, or the same one later, may give it. A lost machine is not meant. */
export const isWithoutAnswer = (error: unknown): error is KadmError =>
  error instanceof KadmError && NO_ANSWER.includes(error.code)
