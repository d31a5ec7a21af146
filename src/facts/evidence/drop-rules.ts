import type {DropRule} from '../../domain/evidence.ts'
import {NODE_PORTS} from '../../domain/ports.ts'
import {program} from '../../remote/shell/program.ts'
import {linesOf, type Section} from '../section.ts'

/** Rules that name a port of a node and throw packets away; what kube-proxy makes names none of them. */
export const dropRulesSection: Section<readonly DropRule[]> = {
  name: 'drop-rules',
  script: program('evidence-drop-rules', {
    ports: `(dport|dports|--dport|--dports)[^;]*[^0-9](${NODE_PORTS.join('|')})([^0-9]|$)`,
  }),
  parse: text => linesOf(text).map(ruleOf),
}

function ruleOf(line: string): DropRule {
  const bar = line.indexOf('|')
  const [how, rule] = [line.slice(0, Math.max(0, bar)), line.slice(bar + 1)]
  const [tool, ...place] = how.split(' ')
  if (tool === 'nft') {
    const [family = '', table = '', chain = '', handle = ''] = place
    return {rule, remove: `sudo nft delete rule ${family} ${table} ${chain} handle ${handle}`}
  }
  const table = place[0] === undefined || place[0] === 'filter' ? '' : `-t ${place[0]} `
  return {rule, remove: tool === 'iptables' ? `sudo iptables ${table}${rule.replace(/^-A/, '-D')}` : undefined}
}
