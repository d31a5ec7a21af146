import {heldBy, heldError, whoHolds, type Held} from './held.ts'
import type {Candidate} from '../hosts/open-machines.ts'
import type {WorkflowOptions} from '../workflows/options.ts'

type LeaseOptions = Pick<WorkflowOptions, 'holder' | 'takeLease' | 'emit' | 'clock'>

const heldAmong = (candidates: readonly Candidate[], {holder}: LeaseOptions): readonly Held[] =>
  candidates.flatMap(({host, gathered}) => heldBy(host.name, gathered.facts, holder) ?? [])

/** Runs before preflight: facts of a machine that another run is changing would be a mix of old and new. */
export function refuseHeld(candidates: readonly Candidate[], options: LeaseOptions): void {
  const held = options.takeLease ? [] : heldAmong(candidates, options)
  if (held.length > 0) throw heldError(held)
}

/** For a run that only reads, which does not need to wait. */
export function warnOfHeld(candidates: readonly Candidate[], options: LeaseOptions): void {
  const held = heldAmong(candidates, options)
  const [first] = held
  if (first === undefined) return
  const message = `another kadm run holds the lock ${whoHolds(held).join('; ')}; its changes may make these results outdated`
  options.emit({type: 'warning', host: first.host, message, at: options.clock.now()})
}
