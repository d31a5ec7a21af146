import {Args} from '@oclif/core'
import {KadmError} from '../domain/errors.ts'
import type {ClusterExamined, Examined} from '../ui/render-diagnoses.ts'
import {plural, someOf} from '../ui/words.ts'
import {ClusterCommand} from './base/cluster-command.ts'
import {fileFlag} from './flags/cluster-flags.ts'
import {described, EXITS} from './base/exits.ts'
import {sshFlags} from './flags/ssh-flags.ts'

export class Doctor extends ClusterCommand {
  static override summary = 'Find out why a machine or the cluster does not work; nothing is changed.'
  static override description = described(
    "Reads the logs and the state of each machine's kubelet, container runtime, control plane and pod network, all machines side by side, and tries from each of them to reach the API and the other nodes. Where a control plane is among the machines, the cluster is asked too: what the file or the cluster's own configuration says should be there is compared with what is there and works. Tells each known cause with what proves it and one fix; it names a cause of many machines once, and leaves out what was wrong before and works now. A machine that cannot be reached is named, and the others are examined all the same. Without machines the file counts, else the machine it runs on.",
    {...EXITS.connect, ...EXITS.broken},
  )
  static override examples = [
    '<%= config.bin %> doctor ubuntu@10.0.0.11',
    '<%= config.bin %> doctor ubuntu@10.0.0.10 ubuntu@10.0.0.11',
    '<%= config.bin %> doctor -f kadm.yaml --json',
  ]
  static override args = {host: Args.string({multiple: true, description: 'machines: [user@]host[:port]'})}
  static override flags = {file: fileFlag, ...sshFlags}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Doctor)
    const named = args.host ?? []
    const [
      {machineSpecs},
      {examineAll},
      {askCluster},
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
    // Only a file says what a machine is for; else any of them may be the control plane.
    const controlPlanes = specs.filter(({role}) => role === 'control-plane')
    const candidates = controlPlanes.length > 0 ? controlPlanes : specs
    const [{examined, failures, names}, answer] = await Promise.all([
      examineAll(specs, connector, this.signal),
      askCluster(candidates, connector, this.signal),
    ])
    const expected = await expectedCluster({
      isNamed: named.length > 0,
      file: flags.file,
      through: answer.kind === 'nobody' ? candidates[0] : answer.through,
      names: named.length > 0 ? [] : names,
      examined: names.filter(name => name !== undefined),
    })
    const found = withoutDoubles(examined, names, examineCluster(answer, expected, candidates))
    this.report(found, renderDiagnoses(found.hosts, found.cluster, this.terminal.colours))
    const errors = [...failures, ...causesOf(found.hosts, found.cluster)]
    if (errors.length > 1) throw new AggregateError(errors, 'not everything is well')
    if (errors[0] !== undefined) throw errors[0]
  }
}

function causesOf(examined: readonly Examined[], cluster: ClusterExamined): readonly KadmError[] {
  const ill = examined.filter(({diagnoses}) => diagnoses.length > 0)
  const all = [...ill.flatMap(({diagnoses}) => diagnoses), ...cluster.diagnoses]
  const where = [...ill.map(({host}) => host), ...(cluster.diagnoses.length > 0 ? ['the cluster'] : [])]
  const unread = cluster.unread.map(what => new KadmError('connect', `the cluster was asked only in part: ${what}`))
  if (all.length === 0) return unread.slice(0, 1)
  return [
    new KadmError('verify', `${plural(all.length, 'cause')} found on ${someOf(where)}`, {
      hint: 'repair the first one named, then ask again: others often follow from it',
    }),
    ...unread.slice(0, 1),
  ]
}
