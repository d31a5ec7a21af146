import type {Diagnosis} from '../diagnosis.ts'
import {names} from './cluster-view.ts'

/** So many nodes may have one trouble each in a line of its own. */
const MOST_ALONE = 2

/** The same problem of many nodes is reported once, with the first of them as the example. */
export function gathered(diagnoses: readonly Diagnosis[]): readonly Diagnosis[] {
  const groups = Map.groupBy(diagnoses, diagnosis => likeness(diagnosis) ?? diagnosis)
  return [...groups.values()].flatMap(group => {
    const [first, ...others] = group
    if (first === undefined || group.length <= MOST_ALONE) return group
    const nodes = group.flatMap(one => one.nodes ?? [])
    const same = others.flatMap(one => one.nodes ?? [])
    return [{...first, cause: `${first.cause}; the same applies to ${names(same)}`, nodes}]
  })
}

/** What it says without the node's name and how long it lasts; undefined for what is not about one node. */
function likeness({name, cause, certainty, nodes = []}: Diagnosis): string | undefined {
  const [node] = nodes
  if (node === undefined || nodes.length > 1) return undefined
  const said = cause.replaceAll(node, '*').replace(/ for \d+ (?:s|min|h|days)/, '')
  return `${name}\n${certainty}\n${said}`
}
