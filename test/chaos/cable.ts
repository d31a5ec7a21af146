import {execFile} from 'node:child_process'
import {promisify} from 'node:util'
import {labGet} from '../../src/lab/run/lab.ts'
import {BRIDGE, namespaceFile} from '../../src/lab/network/network.ts'
import type {TestLab} from '../e2e/test-lab.ts'

const run = promisify(execFile)

/** Takes the machine's port out of the lab's switch: its card keeps its carrier and its addresses, and nothing gets through. */
export const cutCable = (lab: TestLab, machine: string): Promise<void> => switchPort(lab, machine, ['nomaster'])

export const plugCable = (lab: TestLab, machine: string): Promise<void> => switchPort(lab, machine, ['master', BRIDGE])

async function switchPort({lab: {name}}: TestLab, machine: string, state: readonly string[]): Promise<void> {
  const leader = (await labGet(name))?.machines.find(one => one.name === machine)?.leader
  if (leader === undefined) throw new Error(`${machine} is off, so it has no port`)
  const {stdout: inside} = await run('nsenter', ['-t', String(leader), '-n', 'ip', '-o', 'link', 'show', 'host0'])
  const peer = /host0@if(\d+):/.exec(inside)?.[1]
  const inNetwork = (...args: readonly string[]): ReturnType<typeof run> =>
    run('nsenter', [`--net=${namespaceFile(name)}`, 'ip', ...args])
  const {stdout: ports} = await inNetwork('-o', 'link')
  const port = String(ports)
    .split('\n')
    .flatMap(line => /^(\d+): ([^@:]+)/.exec(line)?.slice(1) ?? [])
    .flatMap((text, i, all) => (i % 2 === 0 && text === peer ? [all[i + 1] ?? ''] : []))[0]
  if (port === undefined) throw new Error(`the port of ${machine} was not found`)
  await inNetwork('link', 'set', port, ...state)
}
