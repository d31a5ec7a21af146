import {Flags} from '@oclif/core'
import {controlPlaneArg, controlPlaneFlags} from './flags/admin-flags.ts'
import {ClusterCommand} from './base/cluster-command.ts'
import {described, EXITS} from './base/exits.ts'

export class Kubeconfig extends ClusterCommand {
  static override summary = 'Fetch the kubeconfig of a cluster and merge it into yours.'
  static override description = described(
    'All other entries and comments in your file stay. The file is replaced in one step, and only you can read it.',
    EXITS.connect,
  )
  static override examples = [
    '<%= config.bin %> kubeconfig ubuntu@10.0.0.10 --context demo',
    '<%= config.bin %> kubeconfig ubuntu@10.0.0.10 --print > demo.conf',
  ]
  static override args = {host: controlPlaneArg}
  static override flags = {
    output: Flags.string({
      char: 'o',
      helpValue: 'FILE',
      summary: 'merge into this file instead of the first of KUBECONFIG or ~/.kube/config',
    }),
    context: Flags.string({helpValue: 'NAME', default: 'kadm', summary: 'name for the context in the merged file'}),
    use: Flags.boolean({default: true, allowNo: true, summary: 'make this the current context'}),
    print: Flags.boolean({summary: 'print the kubeconfig and write no file', exclusive: ['output']}),
    ...controlPlaneFlags,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Kubeconfig)
    const [{controlPlaneSpecs}, {fetchAdminConf, mergeIntoFile}] = await Promise.all([
      import('./runtime/requests/target-host.ts'),
      import('./runtime/kubeconfig-file.ts'),
    ])
    const controlPlanes = await controlPlaneSpecs(args.host, flags)
    const text = await this.onControlPlane(controlPlanes, flags, host => fetchAdminConf(host, this.signal))
    if (flags.print) {
      process.stdout.write(text)
      return
    }
    const file = await mergeIntoFile(text, flags.output, {name: flags.context, makeCurrent: flags.use})
    this.report(
      {file, context: flags.context},
      `context ${flags.context} is in ${file}\nnext: kubectl --context ${flags.context} get nodes`,
    )
  }
}
