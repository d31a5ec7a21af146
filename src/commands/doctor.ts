import {Args} from '@oclif/core'
import {KadmError} from '../domain/errors.ts'
import type {Examined} from '../ui/render-diagnoses.ts'
import {plural} from '../ui/words.ts'
import {ClusterCommand} from './cluster-command.ts'
import {fileFlag} from './cluster-flags.ts'
import {described, EXITS} from './exits.ts'
import {sshFlags} from './ssh-flags.ts'

export class Doctor extends ClusterCommand {
  static override summary = 'Find out why a machine does not work as a node; nothing is changed.'
  static override description = described(
    "Reads the logs and the state of each machine's kubelet, container runtime, control plane and pod network, all machines side by side, and tries from each of them to reach the API and the other nodes. Tells each known cause with what proves it and one fix; a cause of many machines is told once, and what was wrong and is well now is not told. A machine that cannot be reached is named, and the others are examined all the same. Without machines the file counts, else the machine it runs on.",
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
    const connector = await this.connections(specs, flags, {goesOnWithout: true})
    const {examined, failures} = await examineAll(specs, connector, this.signal)
    this.report({hosts: examined}, renderDiagnoses(examined, this.terminal.colours))
    const errors = [...failures, ...causesOf(examined)]
    if (errors.length > 1) throw new AggregateError(errors, 'not every machine is well')
    if (errors[0] !== undefined) throw errors[0]
  }
}

function causesOf(examined: readonly Examined[]): readonly KadmError[] {
  const ill = examined.filter(({diagnoses}) => diagnoses.length > 0)
  if (ill.length === 0) return []
  const found = plural(ill.flatMap(({diagnoses}) => diagnoses).length, 'cause')
  return [
    new KadmError('verify', `${found} found on ${ill.map(({host}) => host).join(', ')}`, {
      hint: 'repair the first one named, then ask again: others often follow from it',
    }),
  ]
}
