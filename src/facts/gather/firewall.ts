import {program} from '../../remote/shell/program.ts'
import type {ClosedChain} from '../../domain/closed-chain.ts'
import {iptablesChain, nftChains} from './closing-rules.ts'
import {linesOf, type Section} from '../section.ts'

interface Firewall {
  readonly ufw: boolean
  readonly closed: readonly ClosedChain[]
}

/**
 * ufw's setting; the tables of nftables that have a filter at a hook of interest; and the built-in chains of iptables, unless they are
 * ufw's. Only tables that exist are asked for, since asking iptables would make or load what is not there.
 */
export const firewallSection: Section<Firewall> = {
  name: 'firewall',
  script: program('facts-firewall'),
  parse: text => ({
    ufw: text.startsWith('ufw yes'),
    closed: [...nftChains(text), ...closedOfIptables(linesOf(text)), ...outputOfUfw(text)],
  }),
}

const HOOKS = {INPUT: 'input', FORWARD: 'forward', OUTPUT: 'output'} as const

const closedOfIptables = (lines: readonly string[]): readonly ClosedChain[] =>
  (['iptables', 'ip6tables'] as const).flatMap(tool =>
    (['INPUT', 'FORWARD', 'OUTPUT'] as const).flatMap((chain): readonly ClosedChain[] => {
      const because = iptablesChain(
        chain,
        lines.flatMap(line => (line.startsWith(`${tool} `) ? line.slice(tool.length + 1) : [])),
      )
      const family = tool === 'iptables' ? 'ip' : 'ip6'
      return because === undefined ? [] : [{tool, family, table: 'filter', chain, hook: HOOKS[chain], because}]
    }),
  )

const outputOfUfw = (text: string): readonly ClosedChain[] =>
  /^ufw-output /m.test(text)
    ? [
        {
          tool: 'iptables',
          family: 'ip',
          table: 'filter',
          chain: 'OUTPUT',
          hook: 'output',
          because: 'ufw default deny outgoing',
        },
      ]
    : []
