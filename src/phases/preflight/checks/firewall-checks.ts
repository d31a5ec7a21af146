import type {Opening} from '../../../domain/firewall.ts'
import {openingText} from '../../../domain/firewall.ts'
import {firewalldCommands} from '../../../manifests/firewalld.ts'
import {chainsToOpen, nameOf, openingsFor} from '../../host/firewall.ts'
import type {Finding} from '../finding.ts'
import {info, ok, warning, type HostCheck, type PreflightInput, type View} from '../input.ts'

/** A firewall that is on stays on: what kadm adds to it is told rule by rule, and what it leaves to the user too. */
export const firewallChecks: HostCheck = (view, input) => {
  const openings = openingsOfView(view, input)
  return [
    ...ufwCheck(view, openings),
    ...chainChecks(view, openings),
    ...firewalldCheck(view, openings),
    ...outputCheck(view),
  ]
}

function openingsOfView({node, facts}: View, {cluster, hosts, existing}: PreflightInput): readonly Opening[] {
  const others = existing.flatMap(({addresses, role = 'worker'}) => addresses.map(address => ({address, role})))
  return openingsFor({cluster, node, facts, peers: [...hosts.map(host => host.node), ...others]})
}

const told = (openings: readonly Opening[]): string => openings.map(openingText).join('; ')

/** A node has the rules already, or the run that this is a part of mends them. */
const adding = (name: string, view: View, saw: string, openings: readonly Opening[]): Finding =>
  view.isMember
    ? ok(name, view, `${saw}; kadm keeps its rules in it`)
    : info(name, view, saw, `kadm adds to it, until a reset: ${told(openings)}`)

const ufwCheck = (view: View, openings: readonly Opening[]): readonly Finding[] =>
  view.facts.firewall.ufw
    ? [
        adding(
          'Ufw',
          view,
          'ufw is active',
          openings.filter(({repliesOnly}) => repliesOnly !== true),
        ),
      ]
    : []

const chainChecks = (view: View, openings: readonly Opening[]): readonly Finding[] =>
  chainsToOpen(view.facts, openings).map(chain =>
    adding(
      'PacketFilter',
      view,
      `${nameOf(chain)} is closed (${chain.because})`,
      openings.filter(({hook}) => hook === chain.hook),
    ),
  )

const firewalldCheck = (view: View, openings: readonly Opening[]): readonly Finding[] =>
  view.facts.firewall.firewalld
    ? [
        warning(
          'Firewalld',
          view,
          'firewalld is active, and kadm leaves it to you',
          `let the cluster through: ${firewalldCommands(openings).join('; ')}`,
        ),
      ]
    : [ok('Firewalld', view, 'not active')]

const outputCheck = (view: View): readonly Finding[] => {
  const closed = view.facts.firewall.closed.filter(({hook}) => hook === 'output')
  if (closed.length === 0) return []
  return [
    warning(
      'FirewallOutput',
      view,
      `what leaves it is filtered: ${closed.map(chain => `${nameOf(chain)} (${chain.because})`).join(', ')}`,
      'allow what goes to the other nodes, to package sources and to registries; kadm adds no rules for it',
    ),
  ]
}
