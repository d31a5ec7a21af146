import {Args} from '@oclif/core'
import {completionScript} from './completion-script.ts'
import {KadmCommand} from './base/kadm-command.ts'
import {described, EXITS} from './base/exits.ts'

export class Completion extends KadmCommand {
  static override summary = 'Print a completion script for your shell.'
  static override description = described('The script does not run kadm to complete a command.', EXITS.none)
  static override examples = [
    '<%= config.bin %> completion bash > ~/.local/share/bash-completion/completions/kadm',
    'source <(<%= config.bin %> completion zsh)',
  ]
  static override args = {
    shell: Args.option({options: ['bash', 'zsh'] as const})({required: true, description: 'your shell'}),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(Completion)
    const commands = this.config.commands
      .filter(({hidden}) => !hidden)
      .map(({id, flags}) => ({words: id.replaceAll(':', ' '), flags: Object.keys(flags)}))
    process.stdout.write(completionScript(args.shell, commands))
  }
}
