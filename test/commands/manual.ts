import type {Command} from '@oclif/core'

type Commands = Readonly<Record<string, Command.Class>>

/** A man page of each command by its file name, and `kadm.1`; from the same declarations as --help. */
export const manual = (commands: Commands): ReadonlyMap<string, string> =>
  new Map([
    ['kadm.1', overviewPage(commands)],
    ...Object.entries(commands).map(([id, command]) => [`${pageName(id)}.1`, commandPage(id, command)] as const),
  ])

const words = (id: string): string => id.replaceAll(':', ' ')
const pageName = (id: string): string => `kadm-${id.replaceAll(':', '-')}`

/** Text for roff: a hyphen is a minus, so that it can be copied, and no line is taken for a request. */
const text = (plain: string | undefined): string =>
  (plain ?? '')
    .replaceAll('<%= config.bin %>', 'kadm')
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1')

const head = (page: string): string => `.TH ${text(page.toUpperCase())} 1 "" "kadm" "kadm manual"`
const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`.SH ${title}`, ...lines]

function overviewPage(commands: Commands): string {
  const list = Object.entries(commands).flatMap(([id, {summary}]) => [
    '.TP',
    `.BR ${text(pageName(id))} (1)`,
    text(summary),
  ])
  return page([
    head('kadm'),
    ...section('NAME', ['kadm \\- turn bare machines into a Kubernetes cluster over SSH']),
    ...section('SYNOPSIS', ['.B kadm', '.I COMMAND', '[ARGUMENTS] [FLAGS]']),
    ...section('COMMANDS', list),
    ...section('OPTIONS OF EVERY COMMAND', flags(Object.values(commands)[0]?.baseFlags ?? {})),
    ...section('FILES', [
      '.TP',
      '.I kadm.yaml',
      'The cluster file in the current folder, if \\-\\-file names no other.',
    ]),
  ])
}

function commandPage(id: string, command: Command.Class): string {
  const args = Object.entries(command.args)
  const usage = args.map(([name, {required}]) => (required === true ? name.toUpperCase() : `[${name.toUpperCase()}]`))
  return page([
    head(pageName(id)),
    ...section('NAME', [`${text(pageName(id))} \\- ${text(command.summary?.replace(/\.$/, ''))}`]),
    ...section('SYNOPSIS', [`.B kadm ${text(words(id))}`, text([...usage, '[FLAGS]'].join(' '))]),
    ...section('DESCRIPTION', [text(command.description)]),
    ...section(
      'ARGUMENTS',
      args.flatMap(([name, {description, options}]) => [
        '.TP',
        `.I ${name.toUpperCase()}`,
        `${text(description)}${text(choices(options))}`,
      ]),
    ),
    ...section('OPTIONS', flags(command.flags)),
    ...section('EXAMPLES', command.examples.length === 0 ? [] : ['.nf', ...command.examples.map(example), '.fi']),
    ...section('SEE ALSO', ['.BR kadm (1)']),
  ])
}

const page = (lines: readonly string[]): string => `${lines.filter(line => line !== '').join('\n')}\n`

const example = (one: Command.Example): string =>
  text(typeof one === 'string' ? one : one.command).replace(/^(?!\$ )/, '$ ')

const flags = (all: Readonly<Record<string, Command.Flag.Any>>): readonly string[] =>
  Object.entries(all)
    .filter(([, {hidden}]) => hidden !== true)
    .flatMap(([name, flag]) => ['.TP', `.B ${text(flagName(name, flag))}`, `${text(flag.summary)}${flagNotes(flag)}`])

function flagName(name: string, flag: Command.Flag.Any): string {
  const short = flag.char === undefined ? '' : `-${flag.char}, `
  if (flag.type === 'boolean') return `${short}--${flag.allowNo ? '[no-]' : ''}${name}`
  return `${short}--${name} ${typeof flag.helpValue === 'string' ? flag.helpValue : 'VALUE'}`
}

function flagNotes(flag: Command.Flag.Any): string {
  if (flag.type === 'boolean') return ''
  const value: unknown = flag.default
  const standard = typeof value === 'string' ? value : Array.isArray(value) ? value.join(',') : ''
  return text(`${choices(flag.options)}${standard === '' ? '' : `; default: ${standard}`}`)
}

const choices = (options: readonly string[] | undefined): string =>
  options === undefined ? '' : `; one of ${options.join(', ')}`
