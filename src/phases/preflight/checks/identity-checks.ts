import type {Node} from '../../../domain/cluster.ts'
import {cloneFindings, clonesAmong, equal, equalUuids, isOneMachine, list, severityOf, TRAITS} from './clones.ts'
import type {Finding} from '../finding.ts'
import {hypervisorSteps} from './hypervisor-advice.ts'
import type {ExistingNode, PreflightInput, SetCheck, HostView} from '../input.ts'

/** Clones are reported with everything that they share. */
export const cloneCheck: SetCheck = views => {
  const same = pairs(views).filter(([a, b]) => isOneMachine(a, b))
  const findings = [
    ...same.map(([a, b]): Finding => {
      const message = `${a.label} and ${b.label} are the same machine`
      return {
        name: 'SameMachine',
        severity: 'error',
        hosts: [a.label, b.label],
        message: message,
        remedy: 'name each machine once',
      }
    }),
    ...cloneFindings(clonesAmong(views)),
  ]
  if (findings.length > 0 || views.length < 2) return findings
  const hosts = views.map(({label}) => label)
  return [{name: 'Clone', severity: 'ok', hosts, message: 'each machine has its own identity', remedy: undefined}]
}

export const duplicateNameCheck: SetCheck = views =>
  pairs(views).flatMap(([a, b]): readonly Finding[] => {
    const hosts = [a.label, b.label]
    if (a.node.name === b.node.name) {
      const message = `both would be the node ${a.node.name}`
      return [
        {
          name: 'DuplicateHostname',
          severity: 'error',
          hosts,
          message: message,
          remedy: 'give each host a unique name (name: in the file)',
        },
      ]
    }
    if (a.facts.hostname !== b.facts.hostname) return []
    const message = `both are called ${a.facts.hostname} now`
    return [
      {
        name: 'DuplicateHostname',
        severity: 'info',
        hosts,
        message: message,
        remedy: `kadm calls them ${a.node.name} and ${b.node.name}`,
      },
    ]
  })

/** Only addresses that kadm chose or you set; other addresses that two hosts share behind a NAT are harmless. */
export const duplicateAddressCheck: SetCheck = views =>
  pairs(views).flatMap(([a, b]): readonly Finding[] =>
    a.node.address !== '' && a.node.address === b.node.address
      ? [
          {
            name: 'DuplicateAddress',
            severity: 'error',
            hosts: [a.label, b.label],
            message: `both have the address ${a.node.address}`,
            remedy: 'give each host a unique address',
          },
        ]
      : [],
  )

/** Compares with the existing nodes of the cluster; a host that is that very node is not a clone of it. */
export const existingNodesCheck: SetCheck = (views, {existing}: PreflightInput) =>
  views.flatMap(view => existing.flatMap(node => againstNode(view, node)))

function againstNode({label, node, facts, isMember}: HostView, existing: ExistingNode): readonly Finding[] {
  const {machineId, productUuid} = facts.identity
  const sameId = equal(machineId, existing.machineId)
  const sameUuid = equalUuids(productUuid, existing.systemUuid)
  if (node.name === existing.name) {
    if (sameId || isMember) return []
    const message = `the cluster already has a node ${existing.name}, which is another machine`
    const remedy = `give this host another name; or, if that machine is gone, remove its node first: kadm remove ${existing.name} --dead`
    return [{name: 'DuplicateHostname', severity: 'error', hosts: [label], message: message, remedy: remedy}]
  }
  const shared = TRAITS.filter(({name}) => (name === 'machine-id' && sameId) || (name === 'product_uuid' && sameUuid))
  const fixes = [
    ...(sameId
      ? [`run kadm repair clones with ${existing.name} and ${label}: it gets a new machine-id and reboots`]
      : []),
    ...hypervisorSteps(shared, facts.virtualization),
  ]
  const clone: readonly Finding[] =
    shared.length === 0
      ? []
      : [
          {
            name: 'Clone',
            severity: severityOf(shared),
            hosts: [label],
            message: `${label} was cloned from node ${existing.name}: same ${list(shared.map(({name}) => name))}`,
            remedy: fixes.join('; '),
          },
        ]
  return [...clone, ...sameAddress(label, node, existing)]
}

const sameAddress = (label: string, node: Node, existing: ExistingNode): readonly Finding[] =>
  existing.addresses.includes(node.address)
    ? [
        {
          name: 'DuplicateAddress',
          severity: 'error',
          hosts: [label],
          message: `node ${existing.name} already has the address ${node.address}`,
          remedy: 'give this host a unique address',
        },
      ]
    : []

const pairs = (views: readonly HostView[]): readonly (readonly [HostView, HostView])[] =>
  views.flatMap((a, i) => views.slice(i + 1).map(b => [a, b] as const))
