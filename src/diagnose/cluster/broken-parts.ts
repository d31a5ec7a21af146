import type {ClusterReport} from './cluster-report.ts'

/** The names of everything that does not work, even if no rule explains it; a fault outside the cluster breaks nothing in it. */
export const brokenParts = ({nodes, missingNodes, components, machines}: ClusterReport): readonly string[] => [
  ...new Set([
    ...nodes.flatMap(({name, ready}) => (ready ? [] : [name])),
    ...missingNodes,
    ...components.flatMap(({name, ok}) => (ok ? [] : [name])),
    ...machines.flatMap(({host, diagnoses}) => (diagnoses.every(({isOutside}) => isOutside === true) ? [] : [host])),
  ]),
]
