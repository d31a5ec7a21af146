import {Args} from '@oclif/core'
import {ChangeCommand} from '../base/change-command.ts'
import {described, EXITS} from '../base/exits.ts'
import {fileFlag, sourceFlags} from '../flags/cluster-flags.ts'
import {outputFlag} from '../flags/output-flag.ts'
import {sshFlags} from '../flags/ssh-flags.ts'

export class CertsCsr extends ChangeCommand {
  static override summary = 'Write keys and certificate requests for the machines of your file.'
  static override description = described(
    'For a CA whose key is on none of the machines. kadm asks the machines for their names and addresses and changes nothing on them. For each machine it writes a folder with the files of kubeadm certs generate-csr: a key and a request for each certificate, and kubeconfigs without their certificate. If a machine has a CA without its key, kadm writes only what is missing for such CAs; if nothing is missing, it writes everything. Let your CA sign the requests, put the certificates beside the keys and into the kubeconfigs, and copy the files to /etc/kubernetes on the machine. Only you can read the files.',
    EXITS.connect,
  )
  static override examples = ['<%= config.bin %> certs csr requests -f kadm.yaml']
  static override args = {
    folder: Args.string({name: 'FOLDER', required: true, description: 'where to write the keys and requests'}),
  }
  static override flags = {file: fileFlag, ...sourceFlags, ...sshFlags, ...outputFlag('name')}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(CertsCsr)
    const [{clusterFrom, mustFindFile, withSshFlags}, {requestsWorkflow}, {writeRequests}] = await Promise.all([
      import('../runtime/requests/load-cluster.ts'),
      import('../../engine/workflows/workflow.ts'),
      import('../../engine/cluster/write-requests.ts'),
    ])
    const {cluster, warnings} = await clusterFrom({bundle: flags.bundle}, mustFindFile(flags.file))
    warnings.forEach(warning => this.note(`warning: ${warning}`))
    const request = {command: 'certs csr', cluster: withSshFlags(cluster, flags), phases: []}
    const files = await requestsWorkflow(await this.prepare(request, flags, () => undefined))
    await writeRequests(args.folder, files)
    const requests = files.map(({path}) => path).filter(path => path.endsWith('.csr'))
    this.note(`warning: ${args.folder} has private keys; keep it in a safe place`)
    await this.result(
      flags.output,
      {folder: args.folder, requests},
      `wrote ${String(requests.length)} requests to ${args.folder}:\n${requests.map(path => `  ${path}`).join('\n')}`,
      {names: requests},
    )
  }
}
