import type {Evidence} from '../domain/evidence.ts'
import type {Certainty, Rule} from './diagnosis.ts'
import {find, proofOf, type Hit, type Source} from './log.ts'

interface LogRule {
  readonly name: string
  readonly sources: readonly Source[]
  readonly pattern: RegExp
  readonly cause: (newest: Hit, evidence: Evidence) => string
  readonly fix: (newest: Hit, evidence: Evidence) => string
  readonly certainty?: Certainty
  readonly follows?: readonly string[]
  /** Whether the complaint still holds, as far as the state of the machine shows it. */
  readonly holds?: (newest: Hit, evidence: Evidence) => boolean
  /** A line of the state that proves it too. */
  readonly also?: (newest: Hit, evidence: Evidence) => readonly string[]
}

/** A cause that some program names itself. */
export const logRule = (rule: LogRule): Rule => ({
  name: rule.name,
  ...(rule.follows === undefined ? {} : {follows: rule.follows}),
  judge: evidence => {
    const {certainty = 'certain', holds = () => true} = rule
    const hits = find(evidence, rule.sources, rule.pattern).filter(hit => holds(hit, evidence))
    const [newest] = hits
    if (newest === undefined) return undefined
    const state = rule.also?.(newest, evidence) ?? []
    return {
      cause: rule.cause(newest, evidence),
      certainty,
      proof: [...proofOf(hits, state.length > 0 ? 1 : 2), ...state.slice(0, 2)],
      fix: rule.fix(newest, evidence),
    }
  },
})

/** A group of the match, by its place. */
export const group = ({groups}: Hit, i: number): string => groups[i] ?? ''

/** A fix that kadm brings about: it compares the host with what should be there and writes what differs. */
export const AGAIN = 'run `kadm apply` (without a cluster file: the same kadm init or kadm join as before)'
