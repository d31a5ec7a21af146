import {Args} from '@oclif/core'
import {KadmError} from '../domain/errors.ts'
import type {ClusterExamined, Examined} from '../ui/render-diagnoses.ts'
import {plural, someOf} from '../ui/words.ts'
import {ClusterCommand} from './base/cluster-command.ts'
import {fileFlag} from './flags/cluster-flags.ts'
import {outputFlag} from './flags/output-flag.ts'
import {described, EXITS} from './base/exits.ts'
import {sshFlags} from './flags/ssh-flags.ts'

export class Doctor extends ClusterCommand {
  static override summary = 'Find out why a machine or the cluster does not work, without changing anything.'
  static override description = described(
    "Reads the logs and the state of the kubelet, container runtime, control plane and pod network on all machines in parallel. From each machine it tries to reach the API and the other nodes. If one of the machines is a control plane, kadm also compares the cluster with the file, or with the cluster's own configuration. For each known cause you get the evidence and one fix. A cause that many machines share is listed once, and past problems are omitted. If kadm cannot reach a machine, it says so and examines the rest. Without arguments, kadm examines the machines in the file, or this machine if there is no file.",
    {...EXITS.connect, ...EXITS.broken},
  )
  static override examples = [
    '<%= config.bin %> doctor ubuntu@10.0.0.11',
    '<%= config.bin %> doctor ubuntu@10.0.0.10 ubuntu@10.0.0.11',
    '<%= config.bin %> doctor -f kadm.yaml --json',
  ]
  static override args = {host: Args.string({multiple: true, description: 'machines: [user@]host[:port]'})}
  static override flags = {file: fileFlag, ...sshFlags, ...outputFlag()}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Doctor)
    const named = args.host ?? []
    const [
      {machineSpecs},
      {examineAll, lookAtAll},
      {askCluster, candidatesOf, nodesOf},
      {examineCluster, withoutDoubles},
      {expectedCluster},
      {renderDiagnoses},
    ] = await Promise.all([
      import('./runtime/requests/target-host.ts'),
      import('./runtime/examine-all.ts'),
      import('./runtime/ask-cluster.ts'),
      import('./runtime/examine-cluster.ts'),
      import('./runtime/requests/expected-cluster.ts'),
      import('../ui/render-diagnoses.ts'),
    ])
    const specs = await machineSpecs(named, flags)
    const connector = await this.connections(specs, flags, {goesOnWithout: true})
    const candidates = candidatesOf(specs)
    const [looked, answer] = await Promise.all([
      lookAtAll(specs, connector, this.signal),
      askCluster(candidates, connector, this.signal),
    ])
    const {examined, failures, names} = examineAll(looked, nodesOf(answer))
    const expected = await expectedCluster({
      isNamed: named.length > 0,
      file: flags.file,
      through: answer.kind === 'nobody' ? candidates[0] : answer.through,
      names: named.length > 0 ? [] : names,
      examined: names.filter(name => name !== undefined),
    })
    const found = withoutDoubles(examined, names, examineCluster(answer, expected, candidates))
    await this.result(flags.output, found, renderDiagnoses(found.hosts, found.cluster, this.terminal.colours))
    const errors = [...failures, ...causesOf(found.hosts, found.cluster)]
    if (errors.length > 1) throw new AggregateError(errors, 'the diagnosis found problems')
    if (errors[0] !== undefined) throw errors[0]
  }
}

function causesOf(examined: readonly Examined[], cluster: ClusterExamined): readonly KadmError[] {
  const ill = examined.filter(({diagnoses}) => diagnoses.length > 0)
  const all = [...ill.flatMap(({diagnoses}) => diagnoses), ...cluster.diagnoses]
  const where = [...ill.map(({host}) => host), ...(cluster.diagnoses.length > 0 ? ['the cluster'] : [])]
  const unread = cluster.unread.map(
    what => new KadmError('connect', `some parts of the cluster could not be checked: ${what}`),
  )
  if (all.length === 0) return unread.slice(0, 1)
  return [
    new KadmError('verify', `${plural(all.length, 'cause')} found on ${someOf(where)}`, {
      hint: 'fix the first cause above, then run the command again: it often explains the rest',
    }),
    ...unread.slice(0, 1),
  ]
}
