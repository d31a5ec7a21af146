import {fill, type Templates} from './templates.ts'

export const NAT_RULES = '/etc/kadm-nat.nft'
export const NAT_UNIT = '/etc/systemd/system/kadm-nat.service'

export interface NatOptions {
  /** Ranges of the machines that go out through this one. */
  readonly ranges: readonly string[]
  /** The interface that leads outside. */
  readonly outside: string
}

/** Rules in a table of their own, so that putting them in or out touches no others. */
export const natRules = (templates: Templates, {ranges, outside}: NatOptions): string =>
  fill(templates['nat.nft'], {ranges: ranges.join(', '), outside})

/** Puts the rules in at every boot. */
export const natUnit = (templates: Templates): string => fill(templates['kadm-nat.service'], {rules: NAT_RULES})
