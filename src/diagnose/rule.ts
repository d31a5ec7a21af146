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
  /** A line of the state that proves it too. */
  readonly also?: (newest: Hit, evidence: Evidence) => readonly string[]
}

/** A cause that some program names itself. */
export const logRule = ({name, sources, pattern, cause, fix, certainty = 'certain', follows, also}: LogRule): Rule => ({
  name,
  ...(follows === undefined ? {} : {follows}),
  judge: evidence => {
    const hits = find(evidence, sources, pattern)
    const [newest] = hits
    if (newest === undefined) return undefined
    const state = also?.(newest, evidence) ?? []
    return {
      cause: cause(newest, evidence),
      certainty,
      proof: [...proofOf(hits, state.length > 0 ? 1 : 2), ...state.slice(0, 2)],
      fix: fix(newest, evidence),
    }
  },
})

/** A group of the match, by its place. */
export const group = ({groups}: Hit, i: number): string => groups[i] ?? ''
