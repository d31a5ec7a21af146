import {KadmError} from '../../domain/errors.ts'
import type {IdentityParts} from '../../resources/host/machine-identity.ts'
import {isNode, list, type Clone} from '../preflight/checks/clones.ts'
import {hypervisorSteps} from '../preflight/checks/hypervisor-advice.ts'
import type {HostView} from '../preflight/input.ts'

/** The repair of one clone, and the steps that only you can do. */
export interface CloneRepair {
  readonly view: HostView
  /** The label of the machine that keeps the shared identity. */
  readonly original: string
  readonly parts: IdentityParts
  /** The name it gets; undefined when the file does not name it, or when it has no address for the name. */
  readonly newName: string | undefined
  readonly byHand: readonly string[]
}

/** Whether the machine can replace any of it on its own. */
export const isRepairable = ({parts}: CloneRepair): boolean => parts.machineId || parts.hostKeys

/** Replaces only what is shared. Throws before it repairs any clone if one of them must not be repaired. */
export function planRepairs(clones: readonly Clone[]): readonly CloneRepair[] {
  const repairs = clones.map(({view, original, shared}): CloneRepair => {
    const shares = (name: string): boolean => shared.some(trait => trait.name === name)
    return {
      view,
      original: original.label,
      parts: {machineId: shares('machine-id'), hostKeys: shares('SSH host key')},
      newName: view.node.address === '' ? undefined : view.node.host.name,
      byHand: hypervisorSteps(shared, view.facts.virtualization),
    }
  })
  refuse(repairs.filter(isRepairable).map(({view}) => view))
  return repairs
}

function refuse(views: readonly HostView[]): void {
  const nodes = views.filter(isNode).map(({label}) => label)
  if (nodes.length > 0) {
    throw new KadmError(
      'preflight',
      `${list(nodes)} ${nodes.length > 1 ? 'are nodes' : 'is a node'} of a cluster; kadm never changes the identity of a node`,
      {
        hint: `remove it from the cluster (kadm reset ${nodes[0] ?? ''} --to CONTROL-PLANE), run this command again, then join it again`,
      },
    )
  }
  const here = views.find(({node}) => node.host.ssh === 'local')
  if (here !== undefined) {
    throw new KadmError('usage', `${here.label} is the machine on which kadm runs, and it must reboot`, {
      hint: 'run kadm on another machine that reaches this one over SSH',
    })
  }
}

/** The planned repairs, one line for each clone. */
export function repairText({view, original, parts, newName}: CloneRepair): string {
  const gets = [
    ...(parts.machineId ? ['a new machine-id'] : []),
    ...(parts.hostKeys ? ['new SSH host keys'] : []),
    ...(newName === undefined || newName === view.facts.hostname ? [] : [`the name ${newName}`]),
  ]
  return `${view.label} (${original} keeps what both have): gets ${list(gets)}, and reboots`
}
