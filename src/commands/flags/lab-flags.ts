import {Args, Flags} from '@oclif/core'
import {KadmError} from '../../domain/errors.ts'
import {DEFAULT_RELEASE, RELEASES} from '../../lab/image/debian-release.ts'
import type {VmOptions} from '../../lab/state/machine-states.ts'

export const DEFAULT_LAB = 'demo'

export const labArg = Args.string({default: DEFAULT_LAB, description: 'name of the lab'})
export const machineArg = Args.string({required: true, description: 'name of the machine'})
export const namedLabArg = Args.string({required: true, description: 'name of the lab'})

/** The machines of a lab. */
export const labFlags = {
  machines: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    default: ['master', 'worker-1', 'worker-2'],
    helpValue: 'NAME',
    summary: 'machines of the lab, the control plane first',
  }),
  'kubernetes-version': Flags.string({helpValue: 'vX.Y.Z', summary: 'Kubernetes release to prepare'}),
  driver: Flags.option({
    options: ['nspawn', 'qemu'] as const,
    default: 'nspawn' as const,
    summary: 'containers that boot in seconds on this kernel, or VMs that have their own kernel, swap and power button',
  })(),
  release: Flags.option({
    options: RELEASES,
    summary: `Debian release of new machines; ${DEFAULT_RELEASE} by default`,
  })(),
  cpus: Flags.integer({min: 1, max: 64, helpValue: 'N', summary: 'CPUs of each VM'}),
  memory: Flags.integer({min: 512, helpValue: 'MIB', summary: 'memory of each VM'}),
  cards: Flags.option({
    options: ['lab', 'virtualbox'] as const,
    summary: 'network cards of each VM: one, or two as in VirtualBox (NAT with 10.0.2.15 on every VM, and host-only)',
  })(),
  copy: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    helpValue: 'NEW=OLD',
    summary: 'create VM NEW as a copy of OLD, with the same ids, host key and hostname',
  }),
}

/** The flags about VMs, as the lab takes them. */
export function vmOptions(flags: {
  readonly driver: 'nspawn' | 'qemu'
  readonly cpus?: number | undefined
  readonly memory?: number | undefined
  readonly cards?: 'lab' | 'virtualbox' | undefined
  readonly copy?: readonly string[] | undefined
}): VmOptions {
  const {driver, cpus, memory, cards, copy} = flags
  if (driver !== 'qemu' && [cpus, memory, cards, copy].some(value => value !== undefined)) {
    throw new KadmError('usage', '--cpus, --memory, --cards and --copy need VMs', {
      hint: 'add --driver qemu',
    })
  }
  const copies = (copy ?? []).map(text => {
    const [name, original, ...rest] = text.split('=')
    if (name && original && rest.length === 0) return [name, original] as const
    throw new KadmError('usage', `invalid value for --copy: '${text}'`, {hint: 'use the form: --copy NEW=OLD'})
  })
  return {cpus, memoryMib: memory, cards, copies: Object.fromEntries(copies)}
}

export const LAB_EXITS = {
  3: 'this computer lacks something the lab needs',
  5: 'a machine did not start',
  130: 'stopped by Ctrl-C',
} as const
