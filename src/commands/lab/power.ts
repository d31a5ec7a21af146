import {Args} from '@oclif/core'
import {KadmCommand} from '../base/kadm-command.ts'
import {machineArg, namedLabArg} from '../flags/lab-flags.ts'
import {described, EXITS} from '../base/exits.ts'

const ACTIONS = ['on', 'off', 'shutdown', 'reset'] as const
type Action = (typeof ACTIONS)[number]

const TOLD: Readonly<Record<Action, string>> = {
  on: 'is up',
  off: 'is off (power cut)',
  shutdown: 'is off (clean shutdown)',
  reset: 'is booting after a hard reset',
}

export class LabPower extends KadmCommand {
  static override summary = 'Turn a lab machine on or off, or reset it.'
  static override description = described(
    '`off` cuts the power, `shutdown` stops the services first, and `reset` works on VMs only. The disk is kept.',
    EXITS.none,
  )
  static override examples = [
    '<%= config.bin %> lab power demo worker-1 off',
    '<%= config.bin %> lab power demo worker-1 on',
  ]
  static override args = {
    lab: namedLabArg,
    machine: machineArg,
    action: Args.string({required: true, options: [...ACTIONS], description: 'what to do'}),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(LabPower)
    const {lab, machine} = args
    const action = ACTIONS.find(one => one === args.action) ?? 'on'
    const [power, trouble] = await Promise.all([
      import('../../lab/run/lab-power.ts'),
      import('../../lab/run/lab-trouble.ts'),
    ])
    const actions: Readonly<Record<Action, () => Promise<void>>> = {
      on: () => power.labPowerOn(lab, machine, this.signal),
      off: () => power.labKill(lab, machine),
      shutdown: () => power.labPowerOff(lab, machine),
      reset: () => trouble.labReset(lab, machine),
    }
    await actions[action]()
    this.report({lab, machine, action}, `${machine} ${TOLD[action]}`)
  }
}
