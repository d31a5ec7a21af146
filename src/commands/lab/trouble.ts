import {Args, Flags} from '@oclif/core'
import {KadmCommand} from '../base/kadm-command.ts'
import {machineArg, namedLabArg} from '../flags/lab-flags.ts'
import {described, EXITS} from '../base/exits.ts'

const TROUBLES = ['cut', 'plug', 'fill-disk', 'free-disk', 'shift-clock'] as const
type Trouble = (typeof TROUBLES)[number]

export class LabTrouble extends KadmCommand {
  static override summary = 'Make trouble for a VM of a lab: a cable out, a full disk, a wrong clock.'
  static override description = described('For VMs only; a container shares these with this computer.', EXITS.none)
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
      description: 'cut and fill-disk are undone by plug and free-disk',
    }),
  }
  static override flags = {
    card: Flags.option({
      options: ['lab', 'nat'] as const,
      default: 'lab' as const,
      summary: 'the card whose cable it is',
    })(),
    seconds: Flags.integer({default: 3600, helpValue: 'N', summary: 'how far the clock is shifted'}),
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
    this.report({lab, machine, trouble}, `${machine}: ${trouble} is done`)
  }
}
