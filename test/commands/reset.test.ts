import {expect, test} from 'vitest'
import type {ChangeFlags, ChangeRequest} from '../../src/commands/base/change-command.ts'
import {Reset} from '../../src/commands/reset.ts'
import type {Sink} from '../../src/domain/events.ts'
import type {WorkflowOptions} from '../../src/engine/workflows/options.ts'
import type {Host} from '../../src/remote/host.ts'
import {still} from '../engine/lease-scene.ts'
import {workflowScene} from '../engine/workflow-scene.ts'
import {runCommand} from './run-command.ts'

/** As the ledger is read: the folder, then the files of the entry. */
const entry = (folder: string, ...files: readonly object[]): string =>
  `\u001e${folder}\n${[1, ...files].map(file => Buffer.from(JSON.stringify(file)).toString('base64')).join('\n')}\n`

/** A machine on which nothing remains, with this ledger. */
const bareWith =
  (ledger: string): Host['run'] =>
  script => {
    const looks = [...script.matchAll(/^printf '\\036%s\\n' (\d+)$/gm)].map(([, i = '']) => `\u001e${i}\n`)
    const stdout = script.includes('original.json applied.json') ? ledger : looks.join('')
    return Promise.resolve({code: 0, stdout, stderr: ''})
  }

const resetOf = (ledger: string) => {
  const {options} = workflowScene({master: {run: bareWith(ledger)}}, {clock: still})
  class ResetOfScene extends Reset {
    protected override prepare(_: ChangeRequest, __: ChangeFlags, emit: Sink): Promise<WorkflowOptions> {
      return Promise.resolve({...options, emit})
    }
  }
  return runCommand(ResetOfScene, 'reset', ['ubuntu@192.168.56.11', '--yes', '-o', 'json'])
}

test('a reset ends with exit code 9 and names an entry of the ledger that it could not read', async () => {
  const of = (more: object) => ({format: 2, kind: 'hologram', kadm: '9.0.0', ...more})
  const ledger = entry('hologram', of({state: {}}), of({resource: {kind: 'hologram', id: 'hologram:x'}}))

  const {stdout, exitCode} = await resetOf(ledger)

  expect(exitCode).toBe(9)
  expect(JSON.parse(stdout)).toMatchObject({
    command: 'reset',
    exitCode: 9,
    hosts: [{host: 'master', undone: [], left: [{reason: 'unread'}]}],
  })
})

test('a reset of a machine without a ledger ends with exit code 0', async () => {
  const {stdout, exitCode} = await resetOf('')

  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({command: 'reset', exitCode: 0, hosts: [{host: 'master', left: []}]})
})
