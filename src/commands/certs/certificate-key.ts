import {KadmCommand} from '../base/kadm-command.ts'
import {described, EXITS} from '../base/exits.ts'
import {outputFlag} from '../flags/output-flag.ts'

export class CertsCertificateKey extends KadmCommand {
  static override summary = 'Print a new key for the certificates that control planes share.'
  static override description = described(
    'The key is random; kadm does not store it. Pass it to kadm init --upload-certs or kadm certs upload.',
    EXITS.none,
  )
  static override examples = ['<%= config.bin %> certs certificate-key']
  static override flags = {...outputFlag()}

  async run(): Promise<void> {
    const {flags} = await this.parse(CertsCertificateKey)
    const [{generateCertificateKey}, {randomBytes}] = await Promise.all([
      import('../../certs/sealed-certs.ts'),
      import('node:crypto'),
    ])
    const certificateKey = generateCertificateKey(randomBytes)
    await this.result(flags.output, {certificateKey}, certificateKey)
  }
}
