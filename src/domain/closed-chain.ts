/** A chain of someone else's rules that drops or refuses what no rule before allowed. An accept elsewhere cannot undo that. */
export interface ClosedChain {
  readonly tool: 'nft' | 'iptables' | 'ip6tables'
  readonly family: 'ip' | 'ip6' | 'inet'
  readonly table: string
  readonly chain: string
  readonly hook: 'input' | 'forward' | 'output'
  /** `policy drop`, or the rule that closes it. */
  readonly because: string
}
