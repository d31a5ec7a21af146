import {Plugin, type Command, type Interfaces} from '@oclif/core'
import {ownFile} from '../remote/local/own-files.ts'
import {COMMANDS} from './index.ts'

type Commands = Readonly<Record<string, Command.Class>>

const named = <T extends object>(all: Readonly<Record<string, T>>): Record<string, T & {name: string}> =>
  Object.fromEntries(Object.entries(all).map(([name, one]) => [name, {...one, name}]))

const loadable = (id: string, command: Command.Class): Command.Loadable => ({
  id,
  aliases: [],
  args: named(command.args),
  description: command.description,
  examples: command.examples,
  flags: named({...command.baseFlags, ...command.flags}),
  hidden: command.hidden,
  hiddenAliases: [],
  strict: command.strict,
  summary: command.summary,
  usage: command.usage,
  load: () => {
    command.id = id
    return Promise.resolve(command)
  },
})

/** kadm's commands for oclif, which otherwise looks for the files of the commands: in the single file there are none. */
class OwnCommands extends Plugin {
  override load(): Promise<void> {
    const {root, pjson} = this.options
    if (pjson === undefined) throw new Error('kadm starts oclif with its package.json')
    const commands: Commands = COMMANDS
    Object.assign(this, {root, pjson, name: pjson.name, alias: pjson.name, version: pjson.version, type: 'core'})
    this.isRoot = true
    this.valid = true
    this.hooks = {}
    this.commandIDs = Object.keys(commands).sort()
    this.commands = Object.entries(commands).map(([id, command]) => loadable(id, command))
    return Promise.resolve()
  }
}

/** What oclif starts with to find kadm's own commands; `root` is the folder of kadm. */
export async function ownConfig(root: string): Promise<Interfaces.Options> {
  const pjson = JSON.parse(ownFile('package.json')) as Interfaces.PJSON
  const plugin = new OwnCommands({root, pjson, isRoot: true})
  await plugin.load()
  return {root, pjson, plugins: new Map([[plugin.name, plugin]])}
}
