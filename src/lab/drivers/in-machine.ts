import {KadmError} from '../../domain/errors.ts'
import type {Script} from '../../remote/shell/shell.ts'
import {keyFile, knownHostsFile, type LabState, type MachineState} from '../state/lab-state.ts'
import {run} from './program.ts'
import {sshArguments} from '../run/ready.ts'

/** Runs a script as root inside a machine, by the system's own ssh; gives what it printed. */
export async function inMachine(lab: LabState, machine: MachineState, what: string, script: Script): Promise<string> {
  const door = {address: machine.address, keyFile: keyFile(lab.name), knownHostsFile: knownHostsFile(lab.name)}
  const args = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', ...sshArguments(door), 'sudo', '-n', 'sh', '-s']
  const {code, stdout, stderr} = await run('ssh', args, {input: `set -eu\n${script.text}\n`})
  if (code === 0) return stdout
  throw new KadmError('remote', `${what} failed`, {host: machine.name, evidence: stderr.trim()})
}
