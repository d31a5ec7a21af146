import {hypervisorSteps} from './hypervisor-advice.ts'
import type {Finding} from '../finding.ts'
import type {HostView} from '../input.ts'

/**
 * Identities that must be unique. `isRepairable`: a machine can replace it; the others come from its hypervisor.
 */
export interface Trait {
  readonly name: 'machine-id' | 'SSH host key' | 'MAC address' | 'product_uuid'
  readonly isRepairable: boolean
  readonly same: (a: HostView, b: HostView) => boolean
}

/** Placeholders of hypervisors and board makers; equal ones mean nothing. */
const BLANK_UUIDS = [
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '03000200-0400-0500-0006-000700080009',
]

const overlaps = (a: readonly string[], b: readonly string[]): boolean => a.some(entry => b.includes(entry))

/** Whether both have a value, and the same one. */
export const equal = (a: string | undefined, b: string | undefined): boolean => a !== undefined && a !== '' && a === b

/** Whether both are the same number, and not a placeholder. */
export const equalUuids = (a: string | undefined, b: string | undefined): boolean =>
  equal(a?.toLowerCase(), b?.toLowerCase()) && !BLANK_UUIDS.includes(a?.toLowerCase() ?? '')

/** In the order in which they are reported. */
export const TRAITS: readonly Trait[] = [
  {
    name: 'machine-id',
    isRepairable: true,
    same: (a, b) => equal(a.facts.identity.machineId, b.facts.identity.machineId),
  },
  {
    name: 'SSH host key',
    isRepairable: true,
    same: (a, b) => overlaps(a.facts.identity.hostKeys, b.facts.identity.hostKeys),
  },
  {name: 'MAC address', isRepairable: false, same: (a, b) => overlaps(a.facts.identity.macs, b.facts.identity.macs)},
  {
    name: 'product_uuid',
    isRepairable: false,
    same: (a, b) => equalUuids(a.facts.identity.productUuid, b.facts.identity.productUuid),
  },
]

/** A machine that shares an identity with another, which keeps it. */
export interface Clone {
  readonly view: HostView
  /** The machine that it is a copy of. */
  readonly original: HostView
  readonly shared: readonly Trait[]
  readonly sharesHostname: boolean
}

/** Same boot of the same kernel; containers of one kernel can share its boot id. */
export const isOneMachine = (a: HostView, b: HostView): boolean =>
  !a.facts.isContainer && equal(a.facts.identity.bootId, b.facts.identity.bootId)

/** A node's identity is in its cluster. */
export const isNode = ({facts}: HostView): boolean => facts.clusterCaHash !== undefined || facts.nodeName !== undefined

/**
 * A node keeps its identity, then a control plane, then the host that was named first; a machine that shares an identity
 * with one that keeps it is a clone.
 */
export function clonesAmong(views: readonly HostView[]): readonly Clone[] {
  const rank = (view: HostView): number => (isNode(view) ? 0 : view.isControlPlane ? 1 : 2)
  const ordered = views.toSorted((a, b) => rank(a) - rank(b))
  return ordered.flatMap((view, i): readonly Clone[] => {
    const before = ordered.slice(0, i).filter(other => !isOneMachine(view, other))
    const shared = TRAITS.filter(({same}) => before.some(other => same(view, other)))
    const original = before.find(other => shared.some(({same}) => same(view, other)))
    if (original === undefined) return []
    return [{view, original, shared, sharesHostname: view.facts.hostname === original.facts.hostname}]
  })
}

/** Clones that share the same values with one original are reported together. */
export function cloneFindings(clones: readonly Clone[]): readonly Finding[] {
  const key = ({original, shared, sharesHostname}: Clone): string =>
    [original.label, sharesHostname, ...shared.map(({name}) => name)].join('\n')
  return [...Map.groupBy(clones, key).values()].flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    const {original, shared, sharesHostname} = first
    const words = [...shared.map(({name}) => name), ...(sharesHostname ? ['hostname'] : [])]
    const labels = group.map(({view}) => view.label)
    const were = labels.length > 1 ? 'were' : 'was'
    return [
      {
        name: 'Clone',
        severity: severityOf(shared),
        hosts: labels,
        message: `${list(labels)} ${were} cloned from ${original.label}: same ${list(words)}`,
        remedy: fixOf(group, shared),
      },
    ]
  })
}

/** kubeadm's documentation asks for a unique product_uuid, but Kubernetes does not use it to distinguish nodes. */
export const severityOf = (shared: readonly Pick<Trait, 'name'>[]): 'error' | 'warning' =>
  shared.every(({name}) => name === 'product_uuid') ? 'warning' : 'error'

function fixOf(group: readonly Clone[], shared: readonly Trait[]): string {
  const nodes = group.filter(({view}) => isNode(view)).map(({view}) => view.label)
  const labels = group.map(({view}) => view.label)
  const repairable = shared.filter(({isRepairable}) => isRepairable).map(({name}) => name)
  const reset = nodes.map(label => `remove ${label} from its cluster first: kadm reset ${label} --to CONTROL-PLANE`)
  const theirs = list(repairable)
  const get = labels.length > 1 ? `get a new ${theirs} and reboot` : `gets a new ${theirs} and reboots`
  const repair = `run kadm repair clones with these hosts: ${list(labels)} ${get}`
  const byHand = [...new Set(group.flatMap(({view}) => hypervisorSteps(shared, view.facts.virtualization)))]
  return [...(repairable.length > 0 ? [...reset, repair] : []), ...byHand].join('; ')
}

/** `a, b and c`. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}
