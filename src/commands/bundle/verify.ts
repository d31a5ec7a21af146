import {Args} from '@oclif/core'
import {plural} from '../../ui/words.ts'
import {KadmCommand} from '../base/kadm-command.ts'
import {described, EXITS} from '../base/exits.ts'

export class BundleVerify extends KadmCommand {
  static override summary = 'Check every file in a bundle against its hash.'
  static override description = described('', EXITS.none)
  static override examples = ['<%= config.bin %> bundle verify ./bundle']
  static override args = {folder: Args.string({required: true, description: 'the folder of the bundle'})}

  async run(): Promise<void> {
    const {args} = await this.parse(BundleVerify)
    const {verifyBundle} = await import('../../bundle/read-bundle.ts')
    const {bundle} = await verifyBundle(args.folder, {signal: this.signal})
    const {kubernetesVersion, architecture, entries} = bundle
    const text = `${args.folder}: ${plural(entries.length, 'file')}, all hashes match; Kubernetes ${kubernetesVersion} for ${architecture}`
    this.report({folder: args.folder, kubernetesVersion, architecture, entries: entries.length}, text)
  }
}
