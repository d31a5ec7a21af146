import {Flags} from '@oclif/core'
import {adminFlags, controlPlaneArg} from './admin-flags.ts'
import {ClusterCommand} from './cluster-command.ts'
import {described, EXITS} from './exits.ts'

export class Verify extends ClusterCommand {
  static override summary = 'Prove on the running cluster that pods, services and DNS work.'
  static override description = described(
    'Runs test pods in a namespace of their own and removes them again: pods on every node, pod to pod, service addresses, DNS, logs, exec, a rollout without a failed request, a killed pod, a drained node.',
    {...EXITS.connect, 9: 'a check failed'},
  )
  static override examples = ['<%= config.bin %> verify ubuntu@10.0.0.10', '<%= config.bin %> verify --drain never']
  static override args = {host: controlPlaneArg}
  static override flags = {
    ...adminFlags,
    drain: Flags.option({
      options: ['if-nothing-else-runs', 'always', 'never'] as const,
      default: 'if-nothing-else-runs' as const,
      summary: 'whether a node may be emptied to see that this works',
    })(),
    'outside-name': Flags.string({helpValue: 'NAME', summary: 'a name outside the cluster that its DNS must resolve'}),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Verify)
    const {controlPlaneSpec} = await import('./edge/target-host.ts')
    const api = await this.api(() => controlPlaneSpec(args.host, flags), flags)
    const {verifyCluster} = await import('./edge/verify-cluster.ts')
    const {drain} = flags
    await verifyCluster(api, {drain, outsideName: flags['outside-name'], signal: this.signal, output: this.output})
  }
}
