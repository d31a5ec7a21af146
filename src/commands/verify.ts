import {Args, Flags, type Interfaces} from '@oclif/core'
import {KadmError} from '../domain/errors.ts'
import {confirm} from '../ui/ask.ts'
import {adminFlags} from './flags/admin-flags.ts'
import {ClusterCommand} from './base/cluster-command.ts'
import {described, EXITS} from './base/exits.ts'
import {yesFlag} from './flags/phase-flags.ts'

const helpGroup = 'REBOOT'

export class Verify extends ClusterCommand {
  static override summary =
    'Prove on the running cluster that pods, services and DNS work, and that all comes back after a reboot.'
  static override description = described(
    'Runs test pods in a namespace of their own and removes them again: pods on every node, pod to pod, service addresses, DNS, logs, exec, a rollout without a failed request, a killed pod, a drained node. With --reboot each machine is emptied, rebooted and compared with what it was: swap, modules, settings, names, addresses, services, its pods, the ways between pods, DNS, etcd. It stops at the first that is not as before.',
    {
      ...EXITS.connect,
      3: 'a node was not well before any reboot',
      6: 'a machine did not come back in time',
      9: 'a check failed',
    },
  )
  static override examples = [
    '<%= config.bin %> verify ubuntu@10.0.0.10',
    '<%= config.bin %> verify --quick',
    '<%= config.bin %> verify --drain never',
    '<%= config.bin %> verify --reboot -f kadm.yaml',
    '<%= config.bin %> verify --reboot --all-at-once --yes ubuntu@10.0.0.10 ubuntu@10.0.0.11',
  ]
  static override args = {
    host: Args.string({
      multiple: true,
      description:
        "a control plane: [user@]host[:port]; else the file's first, else this machine. With --reboot all machines to reboot, a control plane first, or with --file the file's names; else all of the file",
    }),
  }
  static override flags = {
    ...adminFlags,
    drain: Flags.option({
      options: ['if-nothing-else-runs', 'always', 'never'] as const,
      default: 'if-nothing-else-runs' as const,
      summary: 'whether a node may be emptied to see that this works; with --reboot every node is, unless never',
    })(),
    quick: Flags.boolean({
      summary:
        'only pods on every node, the ways between them, names, logs and exec: no rollout, no killed pod, no drained node',
      exclusive: ['reboot', 'drain'],
    }),
    'outside-name': Flags.string({helpValue: 'NAME', summary: 'a name outside the cluster that its DNS must resolve'}),
    reboot: Flags.boolean({
      summary: 'reboot the machines one by one and see that all comes back',
      exclusive: ['kubeconfig', 'outside-name'],
      helpGroup,
    }),
    'all-at-once': Flags.boolean({
      summary: 'then reboot all at once too; the cluster is away meanwhile',
      dependsOn: ['reboot'],
      helpGroup,
    }),
    'reboot-timeout': Flags.string({
      helpValue: 'TIME',
      default: '10m',
      summary: 'how long one machine may take until all is as before',
      helpGroup,
    }),
    'drain-timeout': Flags.string({
      helpValue: 'TIME',
      default: '5m',
      summary: 'how long the pods of one node may take to leave before its reboot',
      helpGroup,
    }),
    ...yesFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Verify)
    const named = args.host ?? []
    if (flags.reboot) return this.#reboot(named, flags)
    const [host, ...more] = named
    if (more.length > 0) {
      throw new KadmError('usage', 'the cluster is reached through one control plane, not several', {
        hint: 'name one; several machines are for --reboot',
      })
    }
    const {controlPlaneSpec} = await import('./runtime/requests/target-host.ts')
    const api = await this.api(() => controlPlaneSpec(host, flags), flags)
    const {verifyCluster} = await import('./runtime/verify-cluster.ts')
    const {drain, quick} = flags
    await verifyCluster(api, {
      drain,
      quick,
      outsideName: flags['outside-name'],
      signal: this.signal,
      output: this.output,
    })
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
    const how = `one after another${drains ? ', each emptied first' : ', with the pods on them'}${allAtOnce ? ', then all at once' : ''}`
    const question = {message: `reboot ${names}, ${how}?`, flag: '--yes'}
    if (!flags.yes && !(await confirm(this.terminal, question)))
      throw new KadmError('cancelled', 'nothing was rebooted')
    const outcome = await this.showing(({emit}) =>
      edge.rebootCluster(request, targets, {...limits, drains, allAtOnce, emit, connector, signal: this.signal}),
    )
    this.report(outcome, renderReboot(outcome, this.terminal.colours))
    const bad = outcome.rounds.filter(round => !isWell(round))
    if (bad.length === 0) return
    throw new KadmError('verify', `not all is as before after a reboot: ${bad.map(({name}) => name).join(', ')}`, {
      hint: 'correct what is named above, best with: kadm apply; the machines after it were not rebooted',
    })
  }
}

type VerifyFlags = Interfaces.InferredFlags<typeof Verify.flags>
