import type {Command} from '@oclif/core'

/** What stands where a value is expected: a fixed list, or what the shell looks up. */
export type Values = readonly string[] | 'hosts' | 'phases' | 'checks' | 'files' | undefined

export interface CompletableFlag {
  readonly name: string
  readonly char: string | undefined
  readonly summary: string
  /** Whether a value follows. */
  readonly takesValue: boolean
  readonly values: Values
}

/** What a completion script needs to know about one command. */
export interface CompletableCommand {
  /** The words after `kadm`: `lab up`. */
  readonly words: string
  readonly summary: string
  readonly flags: readonly CompletableFlag[]
  /** Of its arguments. */
  readonly values: Values
}

/** A command as oclif lists it or as its class declares it. */
export interface DeclaredCommand {
  readonly summary?: string | undefined
  readonly args: Readonly<Record<string, Command.Arg.Any>>
  readonly flags: Readonly<Record<string, Command.Flag.Any>>
  readonly baseFlags?: Readonly<Record<string, Command.Flag.Any>>
}

export type DeclaredCommands = Readonly<Record<string, DeclaredCommand>>

/** The lists that completion offers besides what each flag names. */
export interface CompletionLists {
  readonly phases: readonly string[]
  readonly checks: readonly string[]
}

/** The commands as completion scripts see them, in the order of the table. */
export const completableCommands = (commands: DeclaredCommands): readonly CompletableCommand[] =>
  Object.entries(commands).map(([id, command]) => ({
    words: id.replaceAll(':', ' '),
    summary: plain(command.summary),
    flags: Object.entries<Command.Flag.Any>({...command.baseFlags, ...command.flags})
      .filter(([, {hidden}]) => hidden !== true)
      .flatMap(([name, flag]) => flagsOf(name, flag)),
    values: argValues(command.args),
  }))

const plain = (text: string | undefined): string => (text ?? '').replaceAll('<%= config.bin %>', 'kadm')

function flagsOf(name: string, flag: Command.Flag.Any): readonly CompletableFlag[] {
  const summary = plain(flag.summary)
  if (flag.type === 'boolean') {
    const one = {name, char: flag.char, summary, takesValue: false, values: undefined}
    return flag.allowNo ? [one, {...one, name: `no-${name}`, char: undefined}] : [one]
  }
  return [{name, char: flag.char, summary, takesValue: true, values: flagValues(name, flag)}]
}

function flagValues(name: string, {options, helpValue}: Command.Flag.Any & {type: 'option'}): Values {
  if (options !== undefined) return options
  if (helpValue === 'PHASE') return 'phases'
  if (helpValue === 'CHECK') return 'checks'
  if (helpValue === 'FILE' || helpValue === 'FOLDER') return 'files'
  return helpValue === 'HOST' && name === 'to' ? 'hosts' : undefined
}

function argValues(args: DeclaredCommand['args']): Values {
  const [name, arg] = Object.entries(args)[0] ?? []
  if (arg?.options !== undefined) return arg.options
  if (name === 'phase') return 'phases'
  if (name === 'file' || name === 'folder') return 'files'
  return name === 'host' || name === 'target' || name === 'node' ? 'hosts' : undefined
}
