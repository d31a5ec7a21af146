import {KadmError} from '../../domain/errors.ts'
import {nearest} from '../../domain/nearest.ts'
import {applyPhases} from '../../phases/workflows/apply.ts'
import {initPhases} from '../../phases/workflows/init.ts'
import {joinPhases} from '../../phases/workflows/join.ts'
import type {Phase, Where} from '../../phases/phase.ts'
import {flatten, paths} from '../../phases/select.ts'
import type {Colours} from '../../ui/terminal.ts'

/** The commands that are lists of phases. */
export const WORKFLOWS = {apply: applyPhases, init: initPhases, join: joinPhases} as const

const HOSTS: Readonly<Record<Where, string>> = {
  every: 'every',
  'initial-control-plane': 'first control plane',
  'control-plane': 'control planes',
  'joining-control-plane': 'other control planes',
  worker: 'workers',
}

export interface DescribedPhase {
  readonly path: string
  readonly title: string
  readonly why: string
  readonly where: string
  readonly needs: readonly string[]
}

/** The leaves of a tree, in the order in which they run. */
export const describeSteps = (phases: readonly Phase[]): readonly DescribedPhase[] =>
  flatten(phases).map(({path, phase}) => describe(path, phase))

const describe = (path: string, phase: Phase): DescribedPhase => ({
  path,
  title: phase.title,
  why: phase.why,
  where: HOSTS[phase.where ?? 'every'],
  needs: phase.needs ?? [],
})

/** A phase by its path, with the phases below it. */
export interface FoundPhase extends DescribedPhase {
  readonly parts: readonly DescribedPhase[]
}

/** Throws `usage` with the closest name for an unknown phase. */
export function findPhase(wanted: string): FoundPhase {
  const known = paths(applyPhases)
  const phase = phaseAt(applyPhases, wanted.split('/'))
  if (phase === undefined) {
    const near = nearest(wanted, known)
    throw new KadmError('usage', `unknown phase '${wanted}'`, {
      hint:
        near === undefined
          ? 'list them with: kadm phase list'
          : `did you mean ${near}? list them with: kadm phase list`,
    })
  }
  return {...describe(wanted, phase), parts: describeParts(phase, wanted)}
}

const describeParts = (phase: Phase, path: string): readonly DescribedPhase[] =>
  flatten(phase.phases ?? [], `${path}/`).map(step => describe(step.path, step.phase))

function phaseAt(phases: readonly Phase[], [name, ...rest]: readonly string[]): Phase | undefined {
  const found = phases.find(phase => phase.name === name)
  return found === undefined || rest.length === 0 ? found : phaseAt(found.phases ?? [], rest)
}

/** The explanation of a phase, as text. */
export function renderPhase({path, title, why, where, needs, parts}: FoundPhase, {bold, dim, cyan}: Colours): string {
  const lines = [
    `${bold(path)}: ${title}`,
    `  why    ${why}`,
    `  where  ${where}`,
    ...(needs.length === 0 ? [] : [`  after  ${needs.join(', ')}, on all their hosts`]),
  ]
  return [...lines, ...parts.flatMap(part => ['', `  ${cyan(part.path)}: ${part.title}`, `    ${dim(part.why)}`])].join(
    '\n',
  )
}
