import {KadmError} from '../domain/errors.ts'
import type {ClusterReport} from '../diagnose/cluster/cluster-report.ts'
import type {Expected} from '../diagnose/cluster/expected.ts'
import type {ClusterSnapshot} from '../diagnose/cluster/snapshot.ts'
import {plural, someOf} from '../ui/words.ts'
import {adminFlags, controlPlaneArg} from './flags/admin-flags.ts'
import {ClusterCommand, type Administrator} from './base/cluster-command.ts'
import {outputFlag} from './flags/output-flag.ts'
import {described, EXITS} from './base/exits.ts'

export class Status extends ClusterCommand {
  static override summary = 'Show the nodes and components of a cluster, and whether they work.'
  static override description = described(
    'Compares the cluster with its expected state: the hosts in the file, the static pods of the control plane, the pod network, service routing and DNS. Shows what is missing, and one line for each problem. Changes nothing. Works on any cluster created by kadm or kubeadm.',
    {...EXITS.connect, ...EXITS.broken},
  )
  static override examples = [
    '<%= config.bin %> status ubuntu@10.0.0.10',
    '<%= config.bin %> status -f kadm.yaml',
    '<%= config.bin %> status -f kadm.yaml -o wide',
    '$ sudo <%= config.bin %> status -o json',
  ]
  static override args = {host: controlPlaneArg}
  static override flags = {...adminFlags, ...outputFlag('wide', 'name')}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Status)
    const [{controlPlaneSpec}, {expectedCluster}, {clusterReport}, {renderStatus}] = await Promise.all([
      import('./runtime/requests/target-host.ts'),
      import('./runtime/requests/expected-cluster.ts'),
      import('../diagnose/cluster/cluster-report.ts'),
      import('../ui/render-status.ts'),
    ])
    const administrator = await this.administrator(() => controlPlaneSpec(args.host, flags), flags)
    const expected = await expectedCluster({
      isNamed: args.host !== undefined || flags.kubeconfig !== undefined,
      file: flags.file,
      through: administrator.through?.spec,
    })
    const report = clusterReport(await this.#ask(administrator, expected), expected)
    const {colours} = this.terminal
    await this.result(flags.output, report, renderStatus(report, colours), {
      wide: renderStatus(report, colours, {wide: true}),
      names: report.nodes.map(({name}) => `node/${name}`),
    })
    const errors = [...whatIsWrong(report, expected), ...notRead(report)]
    if (errors.length > 1) throw new AggregateError(errors, 'the cluster has problems')
    if (errors[0] !== undefined) throw errors[0]
  }

  async #ask({api, through}: Administrator, expected: Expected): Promise<ClusterSnapshot> {
    const [{readSnapshot}, {realClock}, {explainRefusal, lookBeside}] = await Promise.all([
      import('../diagnose/cluster/read-snapshot.ts'),
      import('./runtime/wiring/clock.ts'),
      import('../diagnose/cluster/explain-refusal.ts'),
    ])
    const look = through === undefined ? undefined : lookBeside(through.host, this.signal)
    try {
      return await readSnapshot(api, {signal: this.signal, now: realClock.now()})
    } catch (error) {
      if (look === undefined || !(error instanceof KadmError) || error.code === 'cancelled') throw error
      throw await explainRefusal(error, look, expected.repair)
    } finally {
      look?.end()
    }
  }
}

/** Includes everything that does not work, even if no rule explains it. */
function whatIsWrong(report: ClusterReport, {repair}: Expected): readonly KadmError[] {
  const {nodes, missingNodes, components, diagnoses} = report
  const broken = [
    ...nodes.flatMap(({name, ready}) => (ready ? [] : [name])),
    ...missingNodes,
    ...components.flatMap(({name, ok}) => (ok ? [] : [name])),
  ]
  if (broken.length === 0 && diagnoses.length === 0) return []
  const what = broken.length === 0 ? `${plural(diagnoses.length, 'problem')} found` : `not working: ${someOf(broken)}`
  return [new KadmError('verify', what, {hint: repair.why()})]
}

/** A part that could not be read may not work, so it is an error. */
const notRead = ({unread}: ClusterReport): readonly KadmError[] =>
  unread.length === 0
    ? []
    : [
        new KadmError('connect', `${plural(unread.length, 'part')} of the cluster could not be read`, {
          evidence: unread.join('\n'),
          hint: 'run the command again; if it fails again, check the load of the control plane: kadm doctor',
        }),
      ]
