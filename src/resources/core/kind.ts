import type {z} from 'zod'
import type {Script} from '../../remote/shell/shell.ts'
import type {Values} from './values.ts'

/** One desired thing on one host, as plain data. `why` is one sentence for learners. */
export interface ResourceBase {
  readonly kind: string
  /** Unique on a host: `file:/etc/hostname`. */
  readonly id: string
  readonly why: string
}

/**
 * How kadm observes, changes and reverts one kind of resource. Pure: it returns scripts and parses their
 * output, and knows nothing about phases or transports. `S` is the observed state. The ledger stores it as
 * JSON, so it contains hashes instead of secret content.
 */
export interface Kind<R extends ResourceBase, S> {
  /**
   * The schema of the kind's entries in the ledger; undefined for waits and other kinds that change nothing
   * that kadm must revert.
   */
  readonly schema: LedgerSchema<R, S> | undefined
  /** Read-only shell that prints everything that `parse` needs. Must exit 0 when the resource does not exist. */
  readonly look: (resource: R) => Script
  readonly parse: (output: string, resource: R) => S
  /** What differs, in one line for people; undefined when the resource is already in the desired state. */
  readonly diff: (resource: R, state: S) => string | undefined
  /** Shell that changes the observed state to the desired state; runs under `set -eu`. */
  readonly act: (resource: R, state: S) => Script
  /**
   * Saves what `revert` needs in addition to `S` (such as original bytes) to the empty folder "$BACKUP" on the
   * host; runs once, before the first act.
   */
  readonly backup?: (resource: R, state: S) => Script
  /** The state to store in the ledger. It records how `act` decided, because a later kadm may decide differently. */
  readonly ledgerState?: (resource: R, state: S) => S
  /** Shell that restores the original state; "$BACKUP" is the folder that `backup` filled. */
  readonly revert: (resource: R, original: S) => Script
  /**
   * The parts of the state that count when kadm checks a revert: the resource is restored when every part
   * equals its original. Leave out what the resource only refers to (a certificate authority, parent folders)
   * and what changes by itself; use ids instead of names where the id counts.
   */
  readonly identity: (state: S) => Readonly<Record<string, unknown>>
  /** The resource as the ledger and plans may store it: content is replaced by its hash. */
  readonly redact?: (resource: R) => R
  /** The difference in several lines, such as the body of a unified diff, for plans; never secret. */
  readonly detail?: (resource: R, state: S) => string | undefined
  /** Fills in values that exist only at run time (a new key, a token); runs just before `act`, never for a plan. */
  readonly resolve?: (resource: R, state: S, values: Values) => Promise<R>
  /** True for a kind that changes nothing and only waits for the effect of earlier changes. */
  readonly onlyWaits?: true
  /** The files to stage on the host before `act`, for the observed state. */
  readonly uploads?: (resource: R, state: S) => readonly StagedFile[]
  /**
   * For a change that may cut the connection: `act` and `revert` only start a commit-confirm, which the host
   * itself rolls back unless it is confirmed in time.
   */
  readonly commitConfirm?: {
    readonly act: (resource: R, state: S) => CommitConfirm
    /** "$BACKUP" is the folder that `backup` filled. */
    readonly revert: (resource: R, original: S) => CommitConfirm
  }
  /** Why `revert` must leave the resource alone: another program changed it since (drift). Default: `diff`. */
  readonly drift?: (resource: R, state: S) => string | undefined
  /** Runs after everything else is reverted, such as the restart of a daemon that must read its original files. */
  readonly afterRevert?: (resource: R, original: S) => Script
}

/** The ledger schema of a kind, in the present format. Unknown keys are ignored. */
export interface LedgerSchema<R, S> {
  readonly resource: z.ZodType<R>
  readonly state: z.ZodType<S>
}

/** A change that the host applies on trial (commit-confirm): it stays only when kadm confirms it over a new login. */
export interface CommitConfirm {
  /** What the host changes, for people: `the addresses of enp0s8`. */
  readonly what: string
  /** How many seconds the host waits for the confirmation after it applied the change. */
  readonly seconds: number
  /** Addresses to try after the change, in addition to the current one. */
  readonly addresses: readonly string[]
  /** Prints the progress: `trying`, `applied` or `reverted` with the reason, and more lines with details. */
  readonly stage: Script
  /** Confirms the change. Prints `kept`, or the output of `stage` when the confirmation is too late. */
  readonly confirm: Script
}

/** A local file that kadm uploads to `to` before the act; `sha256` and `size` describe the file as stored and sent. */
export interface StagedFile {
  readonly from: string
  readonly to: string
  readonly sha256: string
  readonly size: number
}
