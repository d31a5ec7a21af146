import type {Diagnosis} from '../diagnose/diagnosis.ts'
import type {ClusterReport} from '../diagnose/cluster/cluster-report.ts'
import type {ComponentState} from '../kube/components.ts'
import type {NodeStatus} from '../kube/nodes.ts'
import {table} from './columns.ts'
import {paintOf, sharedCauses} from './shared-causes.ts'
import type {Colours} from './terminal.ts'
import {firstLine, someOf} from './words.ts'

const COLOUR = {
  ok: 'green',
  starting: 'yellow',
  unused: 'dim',
  broken: 'red',
  missing: 'red',
} as const satisfies Record<ComponentState, keyof Colours>

/** Nodes, components, and one line for each problem. */
export function renderStatus(
  report: ClusterReport,
  colours: Colours,
  {wide = false}: {readonly wide?: boolean} = {},
): string {
  const {components} = report
  const problems = problemLines(report, colours)
  const lines = [
    nodeTable(report, colours, wide),
    '',
    table(
      ['component', 'state', 'node', 'detail'],
      components.map(({name, node, detail, state}) => [name, colours[COLOUR[state]](state), node ?? '', detail]),
    ),
    ...(problems.length === 0 ? [] : ['', ...problems]),
  ]
  return lines.join('\n')
}

function problemLines({machines, diagnoses, unread}: ClusterReport, colours: Colours): readonly string[] {
  const paint = ({certainty}: Diagnosis): string => paintOf(certainty, colours)(certainty)
  return [
    ...sharedCauses(machines).map(({hosts, diagnosis}) => `${paint(diagnosis)}: ${someOf(hosts)}: ${diagnosis.cause}`),
    ...diagnoses.map(diagnosis => `${paint(diagnosis)}: ${diagnosis.cause}`),
    ...machines.flatMap(({host, unreachable}) =>
      unreachable === undefined ? [] : [`${colours.red('not examined')}: ${host}: ${firstLine(unreachable, host)}`],
    ),
    ...unread.map(what => `${colours.yellow('not read')}: ${what}`),
  ]
}

const WIDE = ['os', 'kernel', 'pod range']

function nodeTable({nodes, missingNodes, unnamedNodes}: ClusterReport, colours: Colours, wide: boolean): string {
  const more = wide ? WIDE : []
  const missing = (name: string): readonly string[] => [
    name,
    colours.red('missing'),
    ...['', '', '', ''],
    ...more.map(() => ''),
    'in your file, not in the cluster',
  ]
  return table(
    ['node', 'state', 'role', 'version', 'address', 'runtime', ...more, 'note'],
    [...nodes.map(node => nodeRow(node, unnamedNodes, colours, wide)), ...missingNodes.map(missing)],
  )
}

const nodeRow = (
  node: NodeStatus,
  unnamed: readonly string[],
  {green, red}: Colours,
  wide: boolean,
): readonly string[] => [
  node.name,
  node.ready ? green('ready') : red('not ready'),
  node.roles.join(',') || 'worker',
  node.version,
  node.internalAddress ?? '',
  node.runtime,
  ...(wide ? [node.os, node.kernel, node.podCidr ?? ''] : []),
  node.reason ??
    [node.schedulable ? '' : 'cordoned', unnamed.includes(node.name) ? 'not in your file' : '']
      .filter(Boolean)
      .join(', '),
]
