import {Args, Flags} from '@oclif/core'
import type {HostSpec} from '../domain/cluster.ts'
import {ChangeCommand, resultData} from './base/change-command.ts'
import {certificateKeyFlag, clusterFlags, fileFlag, patchesFlag, sourceFlags} from './flags/cluster-flags.ts'
import {clusterFlagsOf} from './flags/flags-to-cluster.ts'
import {changeFlags} from './flags/phase-flags.ts'
import {outputFlag} from './flags/output-flag.ts'
import {sshFlags, type SshFlags} from './flags/ssh-flags.ts'
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
    'upload-certs': Flags.boolean({
      summary: 'store the certificates for further control planes in the cluster, and print their join command',
    }),
    ...certificateKeyFlag('encrypt these certificates with this key instead of a new one'),
    'skip-certificate-key-print': Flags.boolean({
      dependsOn: ['upload-certs'],
      summary: 'do not print the key of these certificates',
    }),
    ...patchesFlag,
    ...sourceFlags,
    ...changeFlags,
    ...sshFlags,
    ...outputFlag(),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Init)
    const [
      {clusterFrom, readText, withSshFlags},
      {withPatchesOf},
      {firstControlPlane},
      {checkedCertificateKey},
      {initPhases},
    ] = await Promise.all([
      import('./runtime/requests/load-cluster.ts'),
      import('./runtime/requests/patches.ts'),
      import('./runtime/requests/target-host.ts'),
      import('./runtime/requests/certificate-key.ts'),
      import('../phases/workflows/init.ts'),
    ])
    const givenKey = checkedCertificateKey(flags['certificate-key'])
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
    const {certificateKey, skipPhases = []} = cluster.kubeadm?.init ?? {}
    if (flags['upload-certs'] && !skipPhases.includes('upload-certs')) {
      const joins = await this.joinCommands(host, flags, givenKey ?? certificateKey)
      await this.result(flags.output, {...resultData('init', done), ...joins.data}, joins.text)
      return
    }
    const to = args.host ?? 'HOST'
    const next =
      host.ssh === 'local'
        ? 'next: kubectl get nodes\n      print the join command for workers with: kadm token create --print-join-command'
        : `next: kadm join WORKER … --to ${to}\n      kadm kubeconfig ${to}`
    await this.result(flags.output, resultData('init', done), next)
  }

  /** Uploads the certificates, creates a token, and returns the commands with which machines join. */
  private async joinCommands(
    host: HostSpec,
    flags: SshFlags & {readonly 'skip-certificate-key-print': boolean},
    givenKey: string | undefined,
  ): Promise<{readonly data: object; readonly text: string}> {
    const {api, hasEndpoint, expiresAt, ...uploaded} = await this.uploadCerts([host], flags, givenKey)
    const [{DEFAULT_TOKEN, generateToken, joinCommand, tokenCreate}, {randomBytes}] = await Promise.all([
      import('../kube/tokens.ts'),
      import('node:crypto'),
    ])
    const token = generateToken(randomBytes)
    const {join} = await tokenCreate(api, token, DEFAULT_TOKEN, {now: Date.now(), signal: this.signal})
    const certificateKey = flags['skip-certificate-key-print'] ? '<value withheld>' : uploaded.certificateKey
    const until = expiresAt.toISOString()
    const worker = joinCommand(join, 'kadm')
    if (!hasEndpoint) {
      this.note(
        'warning: no control plane can join, because the cluster has no endpoint that stays; create it with --control-plane-endpoint',
      )
      return {data: {join, command: worker}, text: `to add a worker, run there within 24 hours:\n  ${worker}`}
    }
    const controlPlane = joinCommand({...join, certificateKey}, 'kadm')
    return {
      data: {join, command: worker, controlPlaneCommand: controlPlane, certificateKey, certificatesExpireAt: until},
      text: `to add a control plane, run there before ${until}:\n  ${controlPlane}\nto add a worker, run there within 24 hours:\n  ${worker}`,
    }
  }
}
