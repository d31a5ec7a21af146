import {Args, Flags} from '@oclif/core'
import {KadmCommand} from '../base/kadm-command.ts'
import {machineArg, namedLabArg} from '../flags/lab-flags.ts'
import {described, EXITS} from '../base/exits.ts'

const TROUBLES = ['cut', 'plug', 'fill-disk', 'free-disk', 'shift-clock'] as const
type Trouble = (typeof TROUBLES)[number]

export class LabTrouble extends KadmCommand {
  static override summary = 'Cause a fault on a lab VM: an unplugged cable, a full disk, a wrong clock.'
  static override description = described(
    'Works on VMs only, because a container shares these with this computer.',
    EXITS.none,
  )
  static override examples = [
    '<%= config.bin %> lab trouble vms worker-1 cut --card nat',
    '<%= config.bin %> lab trouble vms worker-1 shift-clock --seconds -3600',
  ]
  static override args = {
    lab: namedLabArg,
    machine: machineArg,
    trouble: Args.string({
      required: true,
      options: [...TROUBLES],
      description: 'the fault to cause; plug undoes cut, and free-disk undoes fill-disk',
    }),
  }
  static override flags = {
    card: Flags.option({
      options: ['lab', 'nat'] as const,
      default: 'lab' as const,
      summary: 'the network card, for cut and plug',
    })(),
    seconds: Flags.integer({default: 3600, helpValue: 'N', summary: 'seconds to shift the clock by, for shift-clock'}),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(LabTrouble)
    const {lab, machine} = args
    const trouble = TROUBLES.find(one => one === args.trouble) ?? 'plug'
    const make = await import('../../lab/run/lab-trouble.ts')
    const troubles: Readonly<Record<Trouble, () => Promise<void>>> = {
      cut: () => make.labCable(lab, machine, flags.card, false),
      plug: () => make.labCable(lab, machine, flags.card, true),
      'fill-disk': () => make.labFillDisk(lab, machine),
      'free-disk': () => make.labFreeDisk(lab, machine),
      'shift-clock': () => make.labShiftClock(lab, machine, flags.seconds),
    }
    await troubles[trouble]()
    this.report({lab, machine, trouble}, `${machine}: ${trouble} done`)
  }
}
