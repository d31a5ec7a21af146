import type {Finding} from '../phases/preflight/finding.ts'
import type {Colours} from './terminal.ts'
import {plural} from './words.ts'

const ORDER = ['error', 'warning', 'info', 'ok'] as const satisfies readonly Finding['severity'][]

/** The findings of preflight: errors first, each with its fix; passed checks only on request; a count at the end. */
export function renderFindings(findings: readonly Finding[], colours: Colours, verbose: boolean): string {
  const shown = ORDER.filter(severity => verbose || severity === 'error' || severity === 'warning')
  const lines = shown.flatMap(severity =>
    findings.filter(f => f.severity === severity).flatMap(f => finding(f, colours)),
  )
  const count = (severity: Finding['severity']): number => findings.filter(f => f.severity === severity).length
  const summary = `${plural(findings.length, 'check')}: ${plural(count('error'), 'error')}, ${plural(count('warning'), 'warning')}`
  return [...lines, summary].join('\n')
}

function finding({severity, name, hosts, message, remedy}: Finding, colours: Colours): readonly string[] {
  const paint = {error: colours.red, warning: colours.yellow, info: colours.cyan, ok: colours.green}[severity]
  const [first = '', ...rest] = message.split('\n')
  return [
    `${paint(severity)}: ${hosts.join(', ')}: ${name}: ${first}`,
    ...rest.map(line => `  ${line}`),
    ...(remedy === undefined ? [] : [`${colours.cyan('  next: ')}${remedy}`]),
  ]
}
