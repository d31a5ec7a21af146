import type {Command, Interfaces} from '@oclif/core'

type Commands = Readonly<Record<string, Command.Class>>
type Flag = Command.Flag.Any

/** The command reference as Markdown, from the same declarations as --help. */
export function reference(commands: Commands): string {
  const ids = Object.keys(commands)
  const index = ids.map(id => `- [kadm ${words(id)}](#${anchor(id)}): ${plain(commands[id]?.summary)}`)
  const sections = Object.entries(commands).map(([id, command]) => section(id, command))
  return [HEAD, index.join('\n'), globals(commands), ...sections].join('\n\n') + '\n'
}

const HEAD = `# Command reference

Made from the commands themselves; a test compares it with them. Every command has \`--help\`.`

const words = (id: string): string => id.replaceAll(':', ' ')
const anchor = (id: string): string => `kadm-${id.replaceAll(':', '-')}`
const plain = (text: string | undefined): string => (text ?? '').replaceAll('<%= config.bin %>', 'kadm')

function globals(commands: Commands): string {
  const flags = Object.values(commands)[0]?.baseFlags ?? {}
  return `## Flags of every command\n\n${flagTable(Object.entries(flags))}`
}

function section(id: string, command: Command.Class): string {
  const parts = [
    `## kadm ${words(id)}`,
    plain(command.summary),
    `    ${usage(id, command)}`,
    plain(command.description),
    argList(command.args),
    flagTable(Object.entries(command.flags)),
    examples(command.examples),
  ]
  return parts.filter(part => part.trim() !== '').join('\n\n')
}

const usage = (id: string, {args}: Command.Class): string =>
  ['kadm', words(id), ...Object.entries(args).map(([name, arg]) => argUsage(name, arg)), '[FLAGS]'].join(' ')

function argUsage(name: string, {required, multiple}: Command.Arg.Any): string {
  const shown = `${name.toUpperCase()}${multiple === true ? '…' : ''}`
  return required === true ? shown : `[${shown}]`
}

const argList = (args: Interfaces.ArgInput): string =>
  Object.entries(args)
    .map(([name, arg]) => `- \`${name.toUpperCase()}\`: ${plain(arg.description)}${choices(arg.options)}`)
    .join('\n')

function flagTable(flags: readonly (readonly [string, Flag])[]): string {
  const shown = flags.filter(([, flag]) => flag.hidden !== true)
  if (shown.length === 0) return ''
  return [
    '| flag | meaning |',
    '|---|---|',
    ...shown.map(([name, flag]) => `| ${flagName(name, flag)} | ${flagText(flag)} |`),
  ].join('\n')
}

function flagName(name: string, flag: Flag): string {
  const char = flag.char === undefined ? '' : `\`-${flag.char}\`, `
  if (flag.type === 'boolean') return `${char}\`--${flag.allowNo ? '[no-]' : ''}${name}\``
  const value = typeof flag.helpValue === 'string' ? flag.helpValue : 'VALUE'
  return `${char}\`--${name} ${value.replaceAll('|', '\\|')}\``
}

function flagText(flag: Flag): string {
  const env = flag.env === undefined ? '' : `; environment: \`${flag.env}\``
  const many = flag.type === 'option' && flag.multiple === true ? '; several with commas, or given several times' : ''
  return `${plain(flag.summary)}${flag.type === 'option' ? choices(flag.options) : ''}${defaultText(flag)}${many}${env}`.replaceAll(
    '|',
    '\\|',
  )
}

const choices = (options: readonly string[] | undefined): string =>
  options === undefined ? '' : `; one of ${options.join(', ')}`

function defaultText(flag: Flag): string {
  const value: unknown = flag.type === 'option' ? flag.default : undefined
  if (typeof value === 'string') return `; default: ${value}`
  return Array.isArray(value) && value.length > 0 ? `; default: ${value.join(',')}` : ''
}

const examples = (all: Command.Class['examples']): string =>
  all.map(example => (typeof example === 'string' ? `    ${plain(example).replace(/^(?!\$ )/, '$ ')}` : '')).join('\n')
