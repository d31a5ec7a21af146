import {join} from 'node:path'
import {Config, type Command} from '@oclif/core'

export const ROOT = join(import.meta.dirname, '..', '..')

export interface CommandRun {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

const exitCodeNow = (): number => Number(process.exitCode)

/** A configuration of oclif's without commands: a test brings the class it runs. */
const bareConfig = (): Promise<Config> =>
  Config.load({root: ROOT, isRoot: true, pjson: {name: 'kadm', version: '0.0.0', oclif: {bin: 'kadm'}}})

/** Runs one command class in this process and takes what it says; a test run has no terminal. */
export async function runCommand(command: Command.Class, id: string, argv: readonly string[]): Promise<CommandRun> {
  const config = await bareConfig()
  const said = {stdout: '', stderr: ''}
  const restore = (['stdout', 'stderr'] as const).map(name => {
    const stream = process[name]
    const write = stream.write.bind(stream)
    stream.write = text => {
      said[name] += String(text)
      return true
    }
    return () => (stream.write = write)
  })
  const before = process.exitCode
  process.exitCode = 0
  try {
    command.id = id
    await command.run([...argv], config)
    return {...said, exitCode: exitCodeNow()}
  } finally {
    restore.forEach(back => back())
    process.exitCode = before
  }
}
