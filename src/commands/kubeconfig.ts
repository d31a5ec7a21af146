import {Flags} from '@oclif/core'
import {controlPlaneArg, controlPlaneFlags} from './flags/admin-flags.ts'
import {ClusterCommand} from './base/cluster-command.ts'
import {described, EXITS} from './base/exits.ts'

export class Kubeconfig extends ClusterCommand {
  static override summary = "Fetch a cluster's kubeconfig and merge it into yours."
  static override description = described(
    'Everything else in the file stays as it is, comments too; the file is written in one step and readable by you alone.',
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
    context: Flags.string({helpValue: 'NAME', default: 'kadm', summary: 'name of the context in the merged file'}),
    use: Flags.boolean({default: true, allowNo: true, summary: 'make it the current context'}),
    print: Flags.boolean({summary: 'print it and write nothing', exclusive: ['output']}),
    ...controlPlaneFlags,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Kubeconfig)
    const [{controlPlaneSpec}, {fetchAdminConf, mergeIntoFile}] = await Promise.all([
      import('./runtime/requests/target-host.ts'),
      import('./runtime/kubeconfig-file.ts'),
    ])
    const spec = await controlPlaneSpec(args.host, flags)
    const connector = await this.connections([spec], flags)
    const text = await fetchAdminConf(await connector.connect(spec), this.signal)
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
