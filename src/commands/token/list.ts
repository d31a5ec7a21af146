import {table} from '../../ui/columns.ts'
import {adminFlags, toFlag} from '../flags/admin-flags.ts'
import {ClusterCommand} from '../base/cluster-command.ts'
import {outputFlag} from '../flags/output-flag.ts'
import {described, EXITS} from '../base/exits.ts'

export class TokenList extends ClusterCommand {
  static override summary = 'List the bootstrap tokens of a cluster.'
  static override description = described(
    'The secret part is not shown: kadm prints a complete token only when it creates it.',
    EXITS.connect,
  )
  static override examples = ['<%= config.bin %> token list --to ubuntu@10.0.0.10']
  static override flags = {...toFlag, ...adminFlags, ...outputFlag('name')}

  async run(): Promise<void> {
    const {flags} = await this.parse(TokenList)
    const [{tokenList}, {controlPlaneSpecs}] = await Promise.all([
      import('../../kube/tokens.ts'),
      import('../runtime/requests/target-host.ts'),
    ])
    const api = await this.api(() => controlPlaneSpecs(flags.to, flags), flags)
    const tokens = (await tokenList(api, {signal: this.signal})).map(({token, ...rest}) => ({id: token.id, ...rest}))
    const expiry = (at: number | undefined): string =>
      at === undefined ? 'never' : new Date(at).toISOString().replace('.000', '')
    const rows = tokens.map(({id, expiresAt, usages, groups, description}) => [
      id,
      expiry(expiresAt),
      usages.join(','),
      groups.join(','),
      description ?? '',
    ])
    await this.result(
      flags.output,
      {tokens},
      rows.length === 0 ? 'no tokens found' : table(['token', 'expires', 'usages', 'groups', 'description'], rows),
      {names: tokens.map(({id}) => `token/${id}`)},
    )
  }
}
