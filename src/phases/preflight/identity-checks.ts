import type {Finding} from './finding.ts'
import type {ExistingNode, PreflightInput, SetCheck, View} from './input.ts'

/** What a hypervisor or a board maker writes when it has no number of its own; equal ones mean nothing. */
const BLANK_UUIDS = [
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '03000200-0400-0500-0006-000700080009',
]

interface Trait {
  readonly name: string
  readonly fix: string
  readonly same: (a: View, b: View) => boolean
}

const overlaps = (a: readonly string[], b: readonly string[]): boolean => a.some(entry => b.includes(entry))
const equal = (a: string | undefined, b: string | undefined): boolean => a !== undefined && a !== '' && a === b
const isUuid = (uuid: string | undefined): boolean => uuid !== undefined && !BLANK_UUIDS.includes(uuid.toLowerCase())

/** What no two machines may share, with the way to get one's own. */
const TRAITS: readonly Trait[] = [
  {
    name: 'machine-id',
    fix: 'sudo rm /etc/machine-id /var/lib/dbus/machine-id; sudo systemd-machine-id-setup; reboot',
    same: (a, b) => equal(a.facts.identity.machineId, b.facts.identity.machineId),
  },
  {
    name: 'product_uuid',
    fix: 'clone it again with a new UUID, or set one in the hypervisor',
    same: (a, b) =>
      isUuid(a.facts.identity.productUuid) && equal(a.facts.identity.productUuid, b.facts.identity.productUuid),
  },
  {
    name: 'MAC address',
    fix: 'give its network card a new MAC address in the hypervisor',
    same: (a, b) => overlaps(a.facts.identity.macs, b.facts.identity.macs),
  },
  {
    name: 'SSH host key',
    fix: 'sudo rm /etc/ssh/ssh_host_*; sudo ssh-keygen -A; sudo systemctl restart ssh',
    same: (a, b) => overlaps(a.facts.identity.hostKeys, b.facts.identity.hostKeys),
  },
]

/** Clones are named with all that they share, the later host as the clone. */
export const cloneCheck: SetCheck = views => {
  const findings = pairs(views).flatMap(([a, b]): readonly Finding[] => {
    const shared = TRAITS.filter(trait => trait.same(a, b))
    if (isOneMachine(a, b)) {
      const saw = `${a.label} and ${b.label} are one and the same machine`
      return [{name: 'SameMachine', severity: 'error', hosts: [a.label, b.label], saw, fix: 'name each machine once'}]
    }
    if (shared.length === 0) return []
    return [
      {
        name: 'Clone',
        severity: 'error',
        hosts: [b.label],
        saw: `${b.label} was cloned from ${a.label}: same ${list(shared.map(({name}) => name))}`,
        fix: `on ${b.label}: ${shared.map(({fix}) => fix).join('; ')}`,
      },
    ]
  })
  if (findings.length > 0 || views.length < 2) return findings
  const hosts = views.map(({label}) => label)
  return [{name: 'Clone', severity: 'ok', hosts, saw: 'each machine has an identity of its own', fix: undefined}]
}

/** Same boot of the same kernel; containers of one kernel can share its boot id. */
const isOneMachine = (a: View, b: View): boolean =>
  !a.facts.isContainer && equal(a.facts.identity.bootId, b.facts.identity.bootId)

export const duplicateNameCheck: SetCheck = views =>
  pairs(views).flatMap(([a, b]): readonly Finding[] => {
    const hosts = [a.label, b.label]
    if (a.node.name === b.node.name) {
      const saw = `both would be the node ${a.node.name}`
      return [
        {
          name: 'DuplicateHostname',
          severity: 'error',
          hosts,
          saw,
          fix: 'give each host a name of its own (name: in the file)',
        },
      ]
    }
    if (a.facts.hostname !== b.facts.hostname) return []
    const saw = `both are called ${a.facts.hostname} now`
    return [
      {
        name: 'DuplicateHostname',
        severity: 'info',
        hosts,
        saw,
        fix: `kadm calls them ${a.node.name} and ${b.node.name}`,
      },
    ]
  })

/** Addresses that were chosen or named; what else two hosts share behind a NAT does no harm. */
export const duplicateAddressCheck: SetCheck = views =>
  pairs(views).flatMap(([a, b]): readonly Finding[] =>
    a.node.address !== '' && a.node.address === b.node.address
      ? [
          {
            name: 'DuplicateAddress',
            severity: 'error',
            hosts: [a.label, b.label],
            saw: `both have the address ${a.node.address}`,
            fix: 'give each host an address of its own',
          },
        ]
      : [],
  )

/** Against the nodes that the cluster has; a host that is that very node is no clone of it. */
export const existingNodesCheck: SetCheck = (views, {existing}: PreflightInput) =>
  views.flatMap(view => existing.flatMap(node => againstNode(view, node)))

function againstNode({label, node, facts, isMember}: View, existing: ExistingNode): readonly Finding[] {
  const {machineId, productUuid} = facts.identity
  const sameId = equal(machineId, existing.machineId)
  const sameUuid = isUuid(productUuid) && equal(productUuid, existing.systemUuid.toLowerCase())
  if (node.name === existing.name) {
    if (sameId || isMember) return []
    const saw = `the cluster has a node ${existing.name}, and it is another machine`
    const fix = `give this host another name, or remove that node first: kadm remove ${existing.name}`
    return [{name: 'DuplicateHostname', severity: 'error', hosts: [label], saw, fix}]
  }
  const shared = [...(sameId ? ['machine-id'] : []), ...(sameUuid ? ['product_uuid'] : [])]
  const clone: readonly Finding[] =
    shared.length === 0
      ? []
      : [
          {
            name: 'Clone',
            severity: 'error',
            hosts: [label],
            saw: `${label} was cloned from node ${existing.name}: same ${list(shared)}`,
            fix: `on ${label}: ${TRAITS.filter(({name}) => shared.includes(name))
              .map(({fix}) => fix)
              .join('; ')}`,
          },
        ]
  const address: readonly Finding[] = existing.addresses.includes(node.address)
    ? [
        {
          name: 'DuplicateAddress',
          severity: 'error',
          hosts: [label],
          saw: `node ${existing.name} has the address ${node.address} already`,
          fix: 'give this host an address of its own',
        },
      ]
    : []
  return [...clone, ...address]
}

const pairs = (views: readonly View[]): readonly (readonly [View, View])[] =>
  views.flatMap((a, i) => views.slice(i + 1).map(b => [a, b] as const))

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}
