import {parseAllDocuments} from 'yaml'
import type {CommandSettings, KubeadmSettings, PatchFile} from '../../domain/kubeadm.ts'
import {patchName} from '../../domain/patch-name.ts'
import type {FileDocuments} from '../documents/file-documents.ts'
import type {Locate, Place, Report} from '../documents/finding.ts'
import {besideFile, type ConfigEnvironment} from '../read/environment.ts'

interface PatchContext {
  readonly fileName: string
  readonly environment: ConfigEnvironment
  readonly report: Report
}

/** The settings with the patches of their folders; relative paths start at the file, as all paths in it do. */
export function withPatches(
  settings: KubeadmSettings | undefined,
  {init, join}: FileDocuments,
  context: PatchContext,
): KubeadmSettings | undefined {
  if (settings === undefined) return undefined
  const patches = (
    command: CommandSettings | undefined,
    locate: Locate | undefined,
  ): Pick<CommandSettings, 'patches'> =>
    command?.patchesDirectory === undefined || locate === undefined
      ? {}
      : {patches: readPatches(command.patchesDirectory, locate(['patches', 'directory']), context)}
  return {
    ...settings,
    ...(settings.init === undefined ? {} : {init: {...settings.init, ...patches(settings.init, init?.locate)}}),
    ...(settings.join === undefined ? {} : {join: {...settings.join, ...patches(settings.join, join?.locate)}}),
  }
}

/** The patches of a folder; undefined, with a warning, for one that is not on this machine. */
export function readPatches(
  directory: string,
  place: Place,
  {fileName, environment, report}: PatchContext,
): readonly PatchFile[] | undefined {
  const files = environment.readFolder?.(besideFile(fileName, directory))
  if (files === undefined) {
    const message = `'${directory}' is not on this machine: kadm reads patches where it runs, so copy the folder here before you use it`
    report({severity: 'warning', place, message})
    return undefined
  }
  for (const {name, text} of files) {
    const problem = patchName(name)
    const [error] = parseAllDocuments(text).flatMap(document => document.errors)
    if (typeof problem === 'string') {
      const isType = problem.startsWith('the type')
      const message = `${name} ${isType ? 'cannot be used' : 'is ignored'}: ${problem}`
      report({severity: isType ? 'error' : 'warning', place, message})
    } else if (error !== undefined)
      report({severity: 'error', place, message: `${name} cannot be read: ${error.message.split('\n')[0] ?? ''}`})
  }
  return files
}
