import {spawn} from 'node:child_process'
import {createReadStream} from 'node:fs'
import type {Readable} from 'node:stream'
import type {Lab, LabMachine} from '../../src/lab/run/lab.ts'

export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a command in a lab machine with the system's own ssh client, which knows nothing of kadm. What it reads is a file, named by its
 * path, or a stream.
 */
export async function ssh(lab: Lab, machine: string, command: string, input?: string | Readable): Promise<Answer> {
  const {address, user, keyFile} = machineOf(lab, machine)
  const options = [
    'BatchMode=yes',
    'ConnectTimeout=30',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${lab.knownHostsFile}`,
  ]
  const args = [
    '-F',
    '/dev/null',
    '-i',
    keyFile,
    ...options.flatMap(option => ['-o', option]),
    `${user}@${address}`,
    command,
  ]
  return new Promise((resolve, reject) => {
    const child = spawn('ssh', args, {stdio: ['pipe', 'pipe', 'pipe']})
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.stdin.on('error', () => undefined)
    if (input === undefined) child.stdin.end()
    else (typeof input === 'string' ? createReadStream(input) : input).pipe(child.stdin)
    child.once('error', reject)
    child.once('close', code => resolve({code: code ?? 1, stdout: stdout.trim(), stderr: stderr.trim()}))
  })
}

export function machineOf(lab: Lab, name: string): LabMachine {
  const found = lab.machines.find(machine => machine.name === name)
  if (found === undefined) throw new Error(`lab ${lab.name} has no machine ${name}`)
  return found
}
