import {ClusterCommand} from '../base/cluster-command.ts'
import {described, EXITS} from '../base/exits.ts'
import {controlPlaneArg, controlPlaneFlags} from '../flags/admin-flags.ts'
import {certificateKeyFlag} from '../flags/cluster-flags.ts'
import {outputFlag} from '../flags/output-flag.ts'

export class CertsUpload extends ClusterCommand {
  static override summary = 'Store the certificates that control planes share in the cluster, for two hours.'
  static override description = described(
    'The CAs and the key of service accounts go into Secret kube-system/kubeadm-certs, encrypted with a key that only this command prints. With it, a machine joins as a control plane by kadm join or kubeadm join --control-plane --certificate-key. With kadm join --to, nothing has to be uploaded.',
    EXITS.connect,
  )
  static override examples = [
    '$ sudo <%= config.bin %> certs upload',
    '<%= config.bin %> certs upload ubuntu@10.0.0.10',
  ]
  static override args = {host: controlPlaneArg}
  static override flags = {
    ...certificateKeyFlag('encrypt with this key instead of a new one'),
    ...controlPlaneFlags,
    ...outputFlag(),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(CertsUpload)
    const [{controlPlaneSpecs}, {checkedCertificateKey}] = await Promise.all([
      import('../runtime/requests/target-host.ts'),
      import('../runtime/requests/certificate-key.ts'),
    ])
    const given = checkedCertificateKey(flags['certificate-key'])
    const uploaded = await this.uploadCerts(await controlPlaneSpecs(args.host, flags), flags, given)
    const {certificateKey, expiresAt, hasEndpoint, host} = uploaded
    const until = expiresAt.toISOString()
    this.note(
      hasEndpoint
        ? `the key opens the certificates until ${until}; print the join command with: kadm token create --print-join-command --certificate-key KEY`
        : 'warning: the cluster has no control plane endpoint, so no control plane can join; create the cluster with kadm init --control-plane-endpoint',
    )
    await this.result(flags.output, {certificateKey, expiresAt: until, host}, certificateKey)
  }
}
