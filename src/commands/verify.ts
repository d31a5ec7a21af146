import {Args, Flags, type Interfaces} from '@oclif/core'
import {KadmError} from '../domain/errors.ts'
import {confirm} from '../ui/ask.ts'
import {adminFlags} from './flags/admin-flags.ts'
import {ClusterCommand} from './base/cluster-command.ts'
import {described, EXITS} from './base/exits.ts'
import {outputFlag} from './flags/output-flag.ts'
import {yesFlag} from './flags/phase-flags.ts'

const helpGroup = 'REBOOT'

export class Verify extends ClusterCommand {
  static override summary =
    'Test that pods, services and DNS work on the running cluster, and that everything recovers after a reboot.'
  static override description = described(
    'Runs test pods in a separate namespace and deletes them afterwards. Tests pods on every node, connections between pods, service addresses, DNS, logs, exec, a rollout without a failed request, a killed pod and a drained node. With --reboot, kadm drains and reboots each machine and compares its state with the state before: swap, modules, settings, names, addresses, services, pods, connections between pods, DNS and etcd. It stops at the first machine that differs. With --ha, kadm resets one control plane as its reset button does, then the one that leads etcd, and waits until each has booted again by itself. Meanwhile it reads from the endpoint of the API from another machine, five times a second, and prints the seconds without an answer, the slowest answer and the failed requests.',
    {
      ...EXITS.connect,
      3: 'a node was not healthy before the first reboot, or the cluster cannot lose a control plane',
      6: 'a machine did not recover in time',
      9: 'a check failed',
    },
  )
  static override examples = [
    '<%= config.bin %> verify ubuntu@10.0.0.10',
    '<%= config.bin %> verify --quick',
    '<%= config.bin %> verify -o json',
    '<%= config.bin %> verify --drain never',
    '<%= config.bin %> verify --reboot -f kadm.yaml',
    '<%= config.bin %> verify --ha -f kadm.yaml',
    '<%= config.bin %> verify --reboot --all-at-once --yes ubuntu@10.0.0.10 ubuntu@10.0.0.11',
  ]
  static override args = {
    host: Args.string({
      multiple: true,
      description:
        'a control plane: [user@]host[:port]; by default the first one in the file, or this machine. With --reboot and --ha: the machines to reboot, or all machines of the cluster, a control plane first; with --file, names in the file; by default all machines in the file',
    }),
  }
  static override flags = {
    ...adminFlags,
    drain: Flags.option({
      options: ['if-nothing-else-runs', 'always', 'never'] as const,
      default: 'if-nothing-else-runs' as const,
      summary: 'whether kadm may drain a node for the test; with --reboot it drains every node, unless never',
    })(),
    quick: Flags.boolean({
      summary:
        'test only pods on every node, connections between them, DNS, logs and exec; skip the rollout, the killed pod and the drained node',
      exclusive: ['reboot', 'ha', 'drain'],
    }),
    'outside-name': Flags.string({helpValue: 'NAME', summary: 'an external name that the cluster DNS must resolve'}),
    reboot: Flags.boolean({
      summary: 'reboot the machines one by one and check that everything recovers',
      exclusive: ['kubeconfig', 'outside-name', 'ha'],
      helpGroup,
    }),
    ha: Flags.boolean({
      summary:
        'cut the power of one control plane, then of the one that leads etcd, and measure how long the API is away',
      exclusive: ['kubeconfig', 'outside-name', 'reboot', 'drain'],
      helpGroup,
    }),
    'all-at-once': Flags.boolean({
      summary: 'afterwards reboot all machines at once; the cluster is unavailable during that time',
      dependsOn: ['reboot'],
      helpGroup,
    }),
    'reboot-timeout': Flags.string({
      helpValue: 'TIME',
      default: '10m',
      summary: 'how long one machine may take to recover after its reboot',
      helpGroup,
    }),
    'drain-timeout': Flags.string({
      helpValue: 'TIME',
      default: '5m',
      summary: 'how long the drain of one node may take',
      helpGroup,
    }),
    ...yesFlag,
    ...outputFlag(),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Verify)
    const named = args.host ?? []
    if (flags.reboot) return this.#reboot(named, flags)
    if (flags.ha) return this.#ha(named, flags)
    const [host, ...more] = named
    if (more.length > 0) {
      throw new KadmError('usage', `expected one control plane, got ${String(named.length)}`, {
        hint: 'name one control plane; use --reboot to name several machines',
      })
    }
    const {controlPlaneSpecs} = await import('./runtime/requests/target-host.ts')
    const api = await this.api(() => controlPlaneSpecs(host, flags), flags)
    const {verifyCluster} = await import('./runtime/verify-cluster.ts')
    const {drain, quick} = flags
    await verifyCluster(api, {
      drain,
      quick,
      outsideName: flags['outside-name'],
      signal: this.signal,
      output: this.output,
      hasOwnResult: flags.output !== undefined,
      report: (data, text) => this.result(flags.output, data, text),
    })
  }

  async #ha(named: readonly string[], flags: VerifyFlags): Promise<void> {
    const [{rebootRequest}, {rebootTargetsOf}, {haCluster, tryHa}, {renderHa}, {parseLimit}] = await Promise.all([
      import('./runtime/requests/reboot-request.ts'),
      import('./runtime/reboot-cluster.ts'),
      import('./runtime/ha-cluster.ts'),
      import('../ui/render-ha.ts'),
      import('./runtime/requests/ttl.ts'),
    ])
    const timeoutMs = parseLimit(flags['reboot-timeout'], '--reboot-timeout')
    const request = await rebootRequest(named, flags)
    const connector = await this.connections(request.specs, flags)
    const targets = await rebootTargetsOf(request, connector, this.signal)
    const cluster = await haCluster(targets, request.cluster, this.signal)
    this.atEnd(cluster.close)
    const names = cluster.machines.filter(({controlPlane}) => controlPlane).map(({node}) => node)
    const question = {
      message: `Reset two of ${names.join(', ')} without a shutdown, one after the other: one control plane, then the one that leads etcd? Each boots again by itself. What runs on it is interrupted.`,
      flag: '--yes',
    }
    if (!flags.yes && !(await confirm(this.terminal, question)))
      throw new KadmError('cancelled', 'no machine was powered off')
    const outcome = await this.showing(({emit}) => tryHa(cluster, {timeoutMs, emit, signal: this.signal}), flags.output)
    await this.result(flags.output, outcome, renderHa(outcome))
  }

  async #reboot(named: readonly string[], flags: VerifyFlags): Promise<void> {
    const [{rebootRequest}, edge, {renderReboot}, {isWell}, {parseLimit}] = await Promise.all([
      import('./runtime/requests/reboot-request.ts'),
      import('./runtime/reboot-cluster.ts'),
      import('../ui/render-reboot.ts'),
      import('../verify/reboot/reboot.ts'),
      import('./runtime/requests/ttl.ts'),
    ])
    const limits = {
      timeoutMs: parseLimit(flags['reboot-timeout'], '--reboot-timeout'),
      drainMs: parseLimit(flags['drain-timeout'], '--drain-timeout'),
    }
    const request = await rebootRequest(named, flags)
    const connector = await this.connections([...new Set([...request.specs, request.controlPlane])], flags)
    const targets = await edge.rebootTargetsOf(request, connector, this.signal)
    const drains = flags.drain !== 'never'
    const allAtOnce = flags['all-at-once']
    const names = targets.map(({node}) => node).join(', ')
    const how = `one by one${drains ? ', each drained first' : ' without draining them'}${allAtOnce ? ', then all at once' : ''}`
    const question = {message: `Reboot ${names} (${how})? Their workloads are interrupted.`, flag: '--yes'}
    if (!flags.yes && !(await confirm(this.terminal, question)))
      throw new KadmError('cancelled', 'nothing was rebooted')
    const outcome = await this.showing(
      ({emit}) =>
        edge.rebootCluster(request, targets, {...limits, drains, allAtOnce, emit, connector, signal: this.signal}),
      flags.output,
    )
    await this.result(flags.output, outcome, renderReboot(outcome, this.terminal.colours))
    const bad = outcome.rounds.filter(round => !isWell(round))
    if (bad.length === 0) return
    throw new KadmError(
      'verify',
      `the state after the reboot differs from the state before: ${bad.map(({name}) => name).join(', ')}`,
      {
        hint: 'fix the differences above, for example with: kadm apply; the remaining machines were not rebooted',
      },
    )
  }
}

type VerifyFlags = Interfaces.InferredFlags<typeof Verify.flags>
