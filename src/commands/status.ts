import {KadmError} from '../domain/errors.ts'
import type {ClusterReport} from '../diagnose/cluster/cluster-report.ts'
import type {Expected} from '../diagnose/cluster/expected.ts'
import {plural, someOf} from '../ui/words.ts'
import {adminFlags, controlPlaneArg} from './flags/admin-flags.ts'
import {ClusterCommand} from './base/cluster-command.ts'
import {outputFlag} from './flags/output-flag.ts'
import {described, EXITS} from './base/exits.ts'
import type {SshFlags} from './flags/ssh-flags.ts'
import type {Expecting, StatusRead} from './runtime/read-status.ts'

export class Status extends ClusterCommand {
  static override summary = 'Show the nodes and components of a cluster, and whether they work.'
  static override description = described(
    'Compares the cluster with its expected state: the hosts in the file, the static pods of the control plane, the pod network, service routing and DNS. Examines the machines in the file in parallel, or the machine that you name; with --kubeconfig, it asks only the API. Shows what is missing, and one line for each problem. Changes nothing. Works on any cluster created by kadm or kubeadm.',
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
    const [{expectedCluster}, {renderStatus}] = await Promise.all([
      import('./runtime/requests/expected-cluster.ts'),
      import('../ui/render-status.ts'),
    ])
    const isNamed = args.host !== undefined || flags.kubeconfig !== undefined
    const expecting: Expecting = (through, names) =>
      expectedCluster({isNamed, file: flags.file, through, names: isNamed ? [] : names})
    const {report, expected, failures} =
      flags.kubeconfig === undefined
        ? await this.#withMachines(args.host, flags, expecting)
        : await this.#byApi(flags.kubeconfig, expecting)
    const {colours} = this.terminal
    await this.result(flags.output, report, renderStatus(report, colours), {
      wide: renderStatus(report, colours, {wide: true}),
      names: report.nodes.map(({name}) => `node/${name}`),
    })
    const errors = [...(await whatIsWrong(report, expected)), ...failures, ...notRead(report)]
    if (errors.length > 1) throw new AggregateError(errors, 'the cluster has problems')
    if (errors[0] !== undefined) throw errors[0]
  }

  async #withMachines(
    named: string | undefined,
    flags: SshFlags & {readonly file: string | undefined},
    expecting: Expecting,
  ): Promise<StatusRead> {
    const [{machineSpecs}, {readStatus}] = await Promise.all([
      import('./runtime/requests/target-host.ts'),
      import('./runtime/read-status.ts'),
    ])
    const specs = await machineSpecs(named === undefined ? [] : [named], flags)
    const connector = await this.connections(specs, flags, {goesOnWithout: true})
    return readStatus(specs, connector, expecting, this.signal)
  }

  async #byApi(kubeconfig: string, expecting: Expecting): Promise<StatusRead> {
    const [{clusterReport}, {readSnapshot}, {realClock}] = await Promise.all([
      import('../diagnose/cluster/cluster-report.ts'),
      import('../diagnose/cluster/read-snapshot.ts'),
      import('./runtime/wiring/clock.ts'),
    ])
    const [api, expected] = await Promise.all([this.apiFrom(kubeconfig), expecting(undefined, [])])
    const snapshot = await readSnapshot(api, {signal: this.signal, now: realClock.now()})
    return {report: clusterReport(snapshot, expected), expected, failures: []}
  }
}

async function whatIsWrong(report: ClusterReport, {repair}: Expected): Promise<readonly KadmError[]> {
  const {brokenParts} = await import('../diagnose/cluster/broken-parts.ts')
  const broken = brokenParts(report)
  const {diagnoses} = report
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
          hint: 'examine the control plane: kadm doctor',
        }),
      ]
