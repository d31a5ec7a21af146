import type {ClosedChain} from '../../domain/closed-chain.ts'
import {sh} from '../../remote/shell/shell.ts'
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
  script: sh`ufw=no
command -v ufw >/dev/null && grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf && ufw=yes
echo "ufw $ufw"
[ "$ufw" = no ] || sed -n 's/^DEFAULT_OUTPUT_POLICY="\(DROP\|REJECT\)"/ufw-output \1/p' /etc/default/ufw
command -v nft >/dev/null && nft list chains | {
  at= told=
  while read -r word a b c d rest; do
    case $word in
      table) at="$a $b"; told= ;;
      chain) chain=$a ;;
      type)
        [ "$a $b" = 'filter hook' ] && [ "$at" != "$told" ] || continue
        case $c in input | forward | output) ;; *) continue ;; esac
        case $at/$chain in 'ip filter/'[A-Z]* | 'ip6 filter/'[A-Z]*) continue ;; esac
        case $at in 'ip kube-proxy' | 'ip6 kube-proxy' | *' firewalld' | *' kadm-nat' | *' flannel-'* ) continue ;; esac
        case $at in 'ip '* | 'ip6 '* | 'inet '*) nft list table $at; told=$at ;; esac ;;
    esac
  done
}
[ "$ufw" = no ] || exit 0
for tool in iptables ip6tables; do
  case $tool in iptables) family=ip ;; *) family=ip6 ;; esac
  case $(readlink -f "$(command -v $tool)") in
    '') continue ;;
    *legacy*) grep -qxs filter /proc/net/"$family"_tables_names || continue ;;
    *) ! command -v nft >/dev/null || nft list table $family filter >/dev/null || continue ;;
  esac
  for chain in INPUT FORWARD OUTPUT; do $tool -w 5 -S $chain | sed "s/^/$tool /"; done
done`,
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
