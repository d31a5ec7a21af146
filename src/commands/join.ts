import {Args, Flags} from '@oclif/core'
import {KadmError} from '../domain/errors.ts'
import {ChangeCommand, resultData} from './base/change-command.ts'
import {certificateKeyFlag, fileFlag, joinSwapFlag, patchesFlag, sourceFlags} from './flags/cluster-flags.ts'
import {changeFlags} from './flags/phase-flags.ts'
import {outputFlag} from './flags/output-flag.ts'
import {sshFlags} from './flags/ssh-flags.ts'
import {described, EXITS} from './base/exits.ts'

export class Join extends ChangeCommand {
  static override summary = 'Add machines to a cluster as workers or control planes.'
  static override description = described(
    'Name the machines and, with --to, a control plane. Each worker gets a token that is valid only for this join. With --control-plane, the machines become further control planes; the cluster needs a control plane endpoint for that. Or, as with kubeadm, run the command on the machine itself with the address of the API and a token; a control plane also needs the certificate key that kadm certs upload prints.',
    EXITS.change,
  )
  static override examples = [
    '<%= config.bin %> join ubuntu@10.0.0.11 ubuntu@10.0.0.12 --to ubuntu@10.0.0.10',
    '<%= config.bin %> join ubuntu@10.0.0.12 ubuntu@10.0.0.13 --control-plane --to ubuntu@10.0.0.10',
    '$ sudo <%= config.bin %> join -f join.yaml',
    '$ sudo <%= config.bin %> join 10.0.0.10:6443 --token abcdef.0123456789abcdef --discovery-token-ca-cert-hash sha256:…',
  ]
  static override args = {
    target: Args.string({
      multiple: true,
      description:
        'machines to add; with --token, the HOST:PORT of the API; none with a JoinConfiguration that has a discovery',
    }),
  }
  static override flags = {
    to: Flags.string({
      helpValue: 'HOST',
      summary: 'a control plane of the cluster: [user@]host[:port]',
      exclusive: ['token'],
    }),
    token: Flags.string({
      helpValue: 'TOKEN',
      summary: 'bootstrap token, to join the machine on which kadm runs',
      env: 'KADM_TOKEN',
    }),
    'discovery-token-ca-cert-hash': Flags.string({
      helpValue: 'sha256:…',
      multiple: true,
      multipleNonGreedy: true,
      dependsOn: ['token'],
      summary: 'hash of the cluster CA, as token create prints it',
    }),
    'discovery-token-unsafe-skip-ca-verification': Flags.boolean({
      dependsOn: ['token'],
      exclusive: ['discovery-token-ca-cert-hash'],
      summary: 'join without verifying the cluster CA; any server at that address is trusted',
    }),
    'control-plane': Flags.boolean({summary: 'make the machines control planes instead of workers'}),
    ...certificateKeyFlag('opens the certificates that kadm certs upload stored in the cluster'),
    'apiserver-advertise-address': Flags.string({
      helpValue: 'IP',
      summary: 'address of the new node itself (one machine only)',
    }),
    'node-name': Flags.string({helpValue: 'NAME', summary: 'hostname and node name (one machine only)'}),
    swap: joinSwapFlag,
    file: fileFlag,
    ...patchesFlag,
    ...sourceFlags,
    ...changeFlags,
    ...sshFlags,
    ...outputFlag(),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Join)
    const [{joinRequest}, {withPatchesOf}, {joinPhases}] = await Promise.all([
      import('./runtime/requests/join-request.ts'),
      import('./runtime/requests/patches.ts'),
      import('../phases/workflows/join.ts'),
    ])
    if (flags.token === undefined && flags.to === undefined && flags.file === undefined) {
      throw new KadmError('usage', 'cannot join: no cluster given', {
        hint: 'name a control plane with --to, or pass the address of the API and --token',
      })
    }
    const {cluster: asked, joinTo, controlPlanes, warnings} = await joinRequest(args.target ?? [], flags)
    const cluster = withPatchesOf(asked, 'join', flags.patches)
    warnings.forEach(warning => this.note(`warning: ${warning}`))
    const spec = await this.answering(controlPlanes, flags)
    const through = joinTo.kind === 'ssh' && spec !== undefined ? {...joinTo, spec} : joinTo
    const request = {command: 'join', cluster, joinTo: through, phases: joinPhases}
    if (flags['dry-run'] || cluster.kubeadm?.join?.dryRun === true) {
      await this.plan(request, flags)
      return
    }
    const done = await this.carryOut(request, flags)
    await this.result(flags.output, resultData('join', done), 'next: kadm status')
  }
}
