import {Args} from '@oclif/core'
import {KadmCommand} from './base/kadm-command.ts'
import {described, EXITS} from './base/exits.ts'
import type {Shell} from './shell-completion/script.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const satisfies readonly Shell[]

export class Completion extends KadmCommand {
  static override summary = 'Print a completion script for your shell.'
  static override description = described(
    'The script completes commands, flags, phases, check names and the hosts of your cluster file. It runs kadm only to read the hosts.',
    EXITS.none,
  )
  static override examples = [
    '<%= config.bin %> completion bash > ~/.local/share/bash-completion/completions/kadm',
    'source <(<%= config.bin %> completion zsh)',
    '<%= config.bin %> completion fish > ~/.config/fish/completions/kadm.fish',
  ]
  static override args = {
    shell: Args.option({options: SHELLS})({required: true, description: 'your shell'}),
  }

  async run(): Promise<void> {
    const {
      args: {shell},
    } = await this.parse(Completion)
    const {completionScript} = await import('./shell-completion/script.ts')
    const commands = this.config.commands.map(({id, summary, args, flags}) => [id, {summary, args, flags}] as const)
    process.stdout.write(completionScript(shell, Object.fromEntries(commands)))
  }
}
