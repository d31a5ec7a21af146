import {Args} from '@oclif/core'
import {ChangeCommand, resultData} from './base/change-command.ts'
import {clusterFlags, fileFlag, patchesFlag, sourceFlags} from './flags/cluster-flags.ts'
import {clusterFlagsOf} from './flags/flags-to-cluster.ts'
import {changeFlags} from './flags/phase-flags.ts'
import {outputFlag} from './flags/output-flag.ts'
import {sshFlags} from './flags/ssh-flags.ts'
import {described, EXITS} from './base/exits.ts'

export class Init extends ChangeCommand {
  static override summary = 'Create the first control plane node of a cluster.'
  static override description = described(
    'Prepares the machine and starts Kubernetes on it. Run it again at any time: it changes only what differs. After a failure it skips completed steps. Without HOST, kadm uses the machine on which it runs.',
    EXITS.change,
  )
  static override examples = [
    '<%= config.bin %> init ubuntu@10.0.0.10',
    '$ sudo <%= config.bin %> init --pod-network-cidr 10.244.0.0/16',
    '<%= config.bin %> init ubuntu@10.0.0.10 --dry-run',
  ]
  static override args = {host: Args.string({description: 'the machine: [user@]host[:port]'})}
  static override flags = {
    file: fileFlag,
    ...clusterFlags,
    ...patchesFlag,
    ...sourceFlags,
    ...changeFlags,
    ...sshFlags,
    ...outputFlag(),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Init)
    const [{clusterFrom, readText, withSshFlags}, {withPatchesOf}, {firstControlPlane}, {initPhases}] =
      await Promise.all([
        import('./runtime/requests/load-cluster.ts'),
        import('./runtime/requests/patches.ts'),
        import('./runtime/requests/target-host.ts'),
        import('../phases/workflows/init.ts'),
      ])
    const file = flags.file === undefined ? undefined : readText(flags.file, '--file')
    const {cluster, warnings} = await clusterFrom({controlPlane: args.host, ...clusterFlagsOf(flags)}, file)
    warnings.forEach(warning => this.note(`warning: ${warning}`))
    const whole = withPatchesOf(withSshFlags(cluster, flags), 'init', flags.patches)
    const host = firstControlPlane(whole)
    const request = {command: 'init', cluster: {...whole, hosts: [host]}, phases: initPhases}
    if (flags['dry-run'] || cluster.kubeadm?.init?.dryRun === true) {
      await this.plan(request, flags)
      return
    }
    const done = await this.carryOut(request, flags)
    const to = args.host ?? 'HOST'
    const next =
      host.ssh === 'local'
        ? 'next: kubectl get nodes\n      print the join command for workers with: kadm token create --print-join-command'
        : `next: kadm join WORKER … --to ${to}\n      kadm kubeconfig ${to}`
    await this.result(flags.output, resultData('init', done), next)
  }
}
