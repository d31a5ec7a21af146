import {KadmError} from '../domain/errors.ts'
import {nearest} from '../domain/nearest.ts'
import type {Phase, Step} from './phase.ts'

export function flatten(phases: readonly Phase[], prefix = ''): readonly Step[] {
  return phases.flatMap(phase => {
    const path = prefix + phase.name
    return phase.phases === undefined ? [{path, phase}] : flatten(phase.phases, `${path}/`)
  })
}

/** Every path that a person may name: leaves and whole subtrees. */
export function paths(phases: readonly Phase[], prefix = ''): readonly string[] {
  return phases.flatMap(phase => [prefix + phase.name, ...paths(phase.phases ?? [], `${prefix}${phase.name}/`)])
}

const under = (names: readonly string[], path: string): boolean =>
  names.some(name => path === name || path.startsWith(`${name}/`))

/** The steps a run will take, in order. `only` and `skip` name a phase or a whole subtree; skip wins. */
export function select(phases: readonly Phase[], only: readonly string[], skip: readonly string[]): readonly Step[] {
  const known = paths(phases)
  const unknown = [...only, ...skip].filter(name => !known.includes(name))
  if (unknown.length > 0) {
    const [first = ''] = unknown
    const near = nearest(first, known)
    throw new KadmError('usage', `unknown phase '${unknown.join("', '")}'`, {
      hint:
        near === undefined
          ? 'list them with: kadm phase list'
          : `did you mean ${near}? list them with: kadm phase list`,
    })
  }
  return flatten(phases).filter(({path}) => (only.length === 0 || under(only, path)) && !under(skip, path))
}
