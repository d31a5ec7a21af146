import {Args} from '@oclif/core'
import {KadmError} from '../../domain/errors.ts'
import {adminFlags, toFlag} from '../flags/admin-flags.ts'
import {ClusterCommand} from '../base/cluster-command.ts'
import {described, EXITS} from '../base/exits.ts'

export class TokenDelete extends ClusterCommand {
  static override summary = 'Delete bootstrap tokens.'
  static override description = described('', EXITS.connect)
  static override examples = ['<%= config.bin %> token delete abcdef --to ubuntu@10.0.0.10']
  static override args = {
    token: Args.string({
      multiple: true,
      required: true,
      description: 'tokens, or their ids (the six characters before the dot)',
    }),
  }
  static override flags = {...toFlag, ...adminFlags}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(TokenDelete)
    const [{tokenDelete}, {controlPlaneSpecs}] = await Promise.all([
      import('../../kube/tokens.ts'),
      import('../runtime/requests/target-host.ts'),
    ])
    const api = await this.api(() => controlPlaneSpecs(flags.to, flags), flags)
    const ids = args.token.map(token => token.split('.')[0] ?? token)
    const found = await Promise.all(args.token.map(token => tokenDelete(api, token, {signal: this.signal})))
    const missing = ids.filter((_, i) => found[i] === false)
    const deleted = ids.filter((_, i) => found[i] === true)
    this.report({deleted, missing}, deleted.map(id => `deleted ${id}`).join('\n'))
    if (missing.length > 0) {
      throw new KadmError('usage', `token not found: ${missing.join(', ')}`, {hint: 'list them with: kadm token list'})
    }
  }
}
