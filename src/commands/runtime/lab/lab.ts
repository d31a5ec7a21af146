import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {KadmError} from '../../../domain/errors.ts'
import type {DebianRelease} from '../../../lab/image/debian-release.ts'
import {labGet, type Lab} from '../../../lab/run/lab.ts'
import {labUp} from '../../../lab/run/lab-up.ts'
import type {Driver, VmOptions} from '../../../lab/state/machine-states.ts'
import {labView} from '../../../ui/lab-view.ts'
import type {Output} from '../../base/output.ts'

export interface LabRequest {
  readonly lab: string
  readonly machines: readonly string[]
  readonly 'kubernetes-version': string | undefined
  readonly driver: Driver
  readonly release: DebianRelease | undefined
  readonly vm: VmOptions
  readonly output: Output
  readonly signal: AbortSignal
}

/** Boots a lab and shows the progress. */
export async function bringUp({
  lab,
  machines,
  driver,
  release,
  vm,
  output,
  signal,
  ...flags
}: LabRequest): Promise<Lab> {
  const view = labView(output)
  try {
    return await labUp({
      name: lab,
      machines,
      kubernetesVersion: flags['kubernetes-version'],
      driver,
      release,
      vm,
      signal,
      report: view.emit,
    })
  } finally {
    view.end()
  }
}

/** Runs the system's ssh to a machine on this terminal; returns its exit code. */
export async function sshInto(name: string, machineName: string, words: readonly string[]): Promise<number> {
  const lab = await labGet(name)
  if (lab === undefined)
    throw new KadmError('usage', `there is no lab '${name}'`, {hint: 'list them with: kadm lab list'})
  const machine = lab.machines.find(one => one.name === machineName)
  if (machine === undefined) {
    throw new KadmError('usage', `lab '${name}' has no machine '${machineName}'`, {
      hint: `its machines: ${lab.machines.map(one => one.name).join(', ')}`,
    })
  }
  const settings = [
    `UserKnownHostsFile=${lab.knownHostsFile}`,
    'IdentitiesOnly=yes',
    'StrictHostKeyChecking=yes',
    'LogLevel=ERROR',
  ]
  const args = [
    '-F',
    'none',
    '-i',
    machine.keyFile,
    ...settings.flatMap(setting => ['-o', setting]),
    `${machine.user}@${machine.address}`,
  ]
  const child = spawn('ssh', [...args, ...(words.length === 0 ? [] : ['--', ...words])], {stdio: 'inherit'})
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  return code ?? (signal === null ? 1 : 130)
}
