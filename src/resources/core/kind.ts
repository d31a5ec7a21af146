import type {z} from 'zod'
import type {Script} from '../../remote/shell/shell.ts'
import type {Values} from './values.ts'

/** One thing that should be so on one host, as plain data. `why` is one sentence a learner understands. */
export interface ResourceBase {
  readonly kind: string
  /** Unique on a host: `file:/etc/hostname`. */
  readonly id: string
  readonly why: string
}

/**
 * How one kind is looked at, made so and put back. Pure: scripts in, parsed state out; nothing here knows of phases or transports.
 * `S` is the state as found and must survive JSON (it is what the ledger keeps), so it holds no secret content, only hashes.
 */
export interface Kind<R extends ResourceBase, S> {
  /** How the ledger's entries of it are read; undefined for waits and the like, which change nothing that is kept for an undo. */
  readonly schema: LedgerSchema<R, S> | undefined
  /** Read-only shell whose stdout says all that `parse` needs. Must exit 0 when the thing is absent. */
  readonly look: (resource: R) => Script
  readonly parse: (output: string, resource: R) => S
  /** What differs, in one line for people; undefined when the resource is already in the desired state. */
  readonly diff: (resource: R, state: S) => string | undefined
  /** Shell that makes it so from the state found; runs under `set -eu`. */
  readonly act: (resource: R, state: S) => Script
  /** Keeps on the host what `undo` needs beyond `S` (such as original bytes) in the empty folder "$KEEP"; runs once, before the first act. */
  readonly backup?: (resource: R, state: S) => Script
  /** The state as the ledger keeps it: with what `undo` must know of how `act` decided, since a later kadm may decide otherwise. */
  readonly ledgerState?: (resource: R, state: S) => S
  /** Shell that puts the first original back; "$KEEP" is the folder `keep` filled. */
  readonly revert: (resource: R, original: S) => Script
  /**
   * What the thing is, part by part, as plain data: it is back when every part is as it was first found. Nothing of what it only refers
   * to (an authority, folders above it), of what changes by itself, and no name where the number counts.
   */
  readonly identity: (state: S) => Readonly<Record<string, unknown>>
  /** The resource as it may be written to the ledger and to plans: content replaced by its hash. */
  readonly redact?: (resource: R) => R
  /** A unified-diff body or several lines, for plans; never secret. */
  readonly detail?: (resource: R, state: S) => string | undefined
  /** Fills in what exists only after an act (a key to be made, a token); runs just before `act`, never for a plan. */
  readonly resolve?: (resource: R, state: S, values: Values) => Promise<R>
  /** True of what changes nothing and only waits for what the changes before it lead to. */
  readonly onlyWaits?: true
  /** The files that must be staged on the host before `act`, given what was found. */
  readonly uploads?: (resource: R, state: S) => readonly StagedFile[]
  /**
   * For a change that may cut the connection: `act` and `revert` only start a commit-confirm, which the host
   * itself rolls back unless it is confirmed in time.
   */
  readonly commitConfirm?: {
    readonly act: (resource: R, state: S) => CommitConfirm
    /** "$KEEP" is the folder `keep` filled. */
    readonly undo: (resource: R, original: S) => CommitConfirm
  }
  /** Why `undo` must leave the thing alone, because others changed it since; `diff` where this is absent. */
  readonly drift?: (resource: R, state: S) => string | undefined
  /** Run when everything else is undone: what could only follow the rest, such as a daemon that must read its old files again. */
  readonly afterRevert?: (resource: R, original: S) => Script
}

/** What the ledger holds of a kind, format 1. Keys that are not named in it are passed over. */
export interface LedgerSchema<R, S> {
  readonly resource: z.ZodType<R>
  readonly state: z.ZodType<S>
}

/** A change that the host applies on trial (commit-confirm): it stays only when kadm confirms it over a new login. */
export interface CommitConfirm {
  /** What is tried, for people: `the addresses of enp0s8`. */
  readonly what: string
  /** How long the host waits for somebody, once the change is made. */
  readonly seconds: number
  /** Where the machine may be reached then, beside where it is reached now. */
  readonly addresses: readonly string[]
  /** Prints how far it is: `trying`, `applied` or `reverted` with the reason, and more lines that show why. */
  readonly stage: Script
  /** Makes it stay. Prints `kept`, or what `stage` prints when it came too late. */
  readonly confirm: Script
}

/** A local file that an act finds on the host under `to`; `sha256` and `size` are of the file as it is stored and sent. */
export interface StagedFile {
  readonly from: string
  readonly to: string
  readonly sha256: string
  readonly size: number
}
