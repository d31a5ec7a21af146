import {Args, Flags} from '@oclif/core'
import {KadmError} from '../../domain/errors.ts'
import {adminFlags, toFlag} from '../flags/admin-flags.ts'
import {ClusterCommand} from '../base/cluster-command.ts'
import {parseTtl} from '../runtime/requests/ttl.ts'
import {described, EXITS} from '../base/exits.ts'

export class TokenCreate extends ClusterCommand {
  static override summary = 'Make a bootstrap token, which lets a machine join.'
  static override description = described('', EXITS.connect)
  static override examples = [
    '<%= config.bin %> token create --print-join-command --to ubuntu@10.0.0.10',
    '$ sudo <%= config.bin %> token create --ttl 2h --description "worker 3"',
  ]
  static override args = {
    token: Args.string({description: 'the token itself, [a-z0-9]{6}.[a-z0-9]{16}; made up when left out'}),
  }
  static override flags = {
    'print-join-command': Flags.boolean({
      summary: 'print the whole line to run on the new machine; kubeadm takes it too',
    }),
    ttl: Flags.string({helpValue: '24h', default: '24h', summary: 'how long it is valid: 30m, 24h, or 0 for ever'}),
    description: Flags.string({helpValue: 'TEXT', summary: 'what it is for'}),
    ...toFlag,
    ...adminFlags,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(TokenCreate)
    const ttlMs = parseTtl(flags.ttl)
    const [tokens, {parseToken, tokenText}, {randomBytes}, {controlPlaneSpec}] = await Promise.all([
      import('../../kube/tokens.ts'),
      import('../../kube/signature.ts'),
      import('node:crypto'),
      import('../runtime/requests/target-host.ts'),
    ])
    const token = args.token === undefined ? tokens.generateToken(randomBytes) : parseToken(args.token)
    if (token === undefined) {
      throw new KadmError('usage', `'${args.token ?? ''}' is not a token`, {
        hint: 'write it as abcdef.0123456789abcdef, or leave it out',
      })
    }
    const api = await this.api(() => controlPlaneSpec(flags.to, flags), flags)
    const spec = {...tokens.DEFAULT_TOKEN, ttlMs, description: flags.description}
    const {join} = await tokens.tokenCreate(api, token, spec, {now: Date.now(), signal: this.signal})
    const command = tokens.joinCommand(join)
    this.report({token: tokenText(token), join, command}, flags['print-join-command'] ? command : tokenText(token))
  }
}
