import {Args} from '@oclif/core'
import {KadmError} from '../domain/errors.ts'
import {plural} from '../ui/words.ts'
import {ClusterCommand} from './cluster-command.ts'
import {fileFlag} from './cluster-flags.ts'
import {described, EXITS} from './exits.ts'
import {sshFlags} from './ssh-flags.ts'

export class Doctor extends ClusterCommand {
  static override summary = 'Find out why a machine does not work as a node; nothing is changed.'
  static override description = described(
    "Reads the logs and the state of each machine's kubelet, container runtime, control plane and pod network, all machines side by side, and tells each known cause with the lines that prove it and one fix. Without machines the file counts, else the machine it runs on.",
    {...EXITS.connect, 9: 'something is wrong'},
  )
  static override examples = [
    '<%= config.bin %> doctor ubuntu@10.0.0.11',
    '<%= config.bin %> doctor -f kadm.yaml --json',
  ]
  static override args = {host: Args.string({multiple: true, description: 'machines: [user@]host[:port]'})}
  static override flags = {file: fileFlag, ...sshFlags}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Doctor)
    const [{machineSpecs}, {examineAll}, {renderDiagnoses}] = await Promise.all([
      import('./edge/target-host.ts'),
      import('./edge/examine-all.ts'),
      import('../ui/render-diagnoses.ts'),
    ])
    const specs = await machineSpecs(args.host ?? [], flags)
    const connector = await this.connections(specs, flags)
    const examined = await examineAll(specs, connector, this.signal)
    this.report({hosts: examined}, renderDiagnoses(examined, this.terminal.colours))
    const found = examined.flatMap(({diagnoses}) => diagnoses)
    if (found.length === 0) return
    const ill = examined.filter(({diagnoses}) => diagnoses.length > 0).map(({host}) => host)
    throw new KadmError('verify', `${plural(found.length, 'cause')} found on ${ill.join(', ')}`, {
      hint: 'mend the first one named, then ask again: others often follow from it',
    })
  }
}
