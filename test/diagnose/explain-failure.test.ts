import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {explainFailure} from '../../src/diagnose/explain-failure.ts'
import type {Host} from '../../src/remote/host.ts'
import {capture} from './captures.ts'

const WHAT = {phase: 'wait-control-plane', waitedFor: 'the API server to be healthy'}

const failure = new KadmError('timeout', 'the API server was not healthy within 240 s', {
  host: 'master',
  evidence: 'last seen: nothing listens there',
  hint: 'run it again',
})

/** A host that answers the script with this, and can do nothing else. */
const hostSaying = (answer: () => Promise<string>): Host => {
  const no = (): never => {
    throw new Error('not asked for here')
  }
  const run = async (): ReturnType<Host['run']> => ({code: 0, stdout: await answer(), stderr: ''})
  return {name: 'master', run, read: no, pipe: no, forward: no, close: no}
}

const swapOn = (): string => {
  const records = capture('control-plane').split('\x1e')
  const line = String.raw`7 1795502330.0 E1124 06:38:50.301245    2211 run.go:72] "command failed" err="failed to run Kubelet: running with swap on is not supported, please disable swap or set --fail-swap-on flag to false"`
  return records
    .map(record => (record.startsWith('journal-kubelet\n') ? `journal-kubelet\n${line}\n` : record))
    .map(record =>
      record
        .replace('SubState=running', 'SubState=auto-restart')
        .replace('ActiveState=active', 'ActiveState=activating'),
    )
    .map(record => (record.startsWith('clock-begin\n') ? 'clock-begin\n1795502335.5\n' : record))
    .join('\x1e')
}

describe('a failure explains itself', () => {
  test('its first sentence stays; the cause, what proves it and one fix are added', async () => {
    const error = await explainFailure(
      hostSaying(() => Promise.resolve(swapOn())),
      failure,
      WHAT,
    )

    expect(error).toMatchObject({code: 'timeout', host: 'master'})
    expect(error.message.split('\n').slice(0, 2)).toEqual([
      'the API server was not healthy within 240 s',
      'cause: swap is on, and the kubelet does not start with swap',
    ])
    expect(error.evidence).toMatch(/^last seen: nothing listens there\nkubelet \(7 times\): "command failed" .*swap on/)
    expect(error.hint).toMatch(/^`sudo swapoff -a`/)
  })

  const withoutEtcd = (): string =>
    capture('control-plane')
      .replace('kubeconfig yes', 'kubeconfig yes\nadmin yes\napiserver yes')
      .replace(/^manifest etcd.*\n/m, '')
  const worker = (): Host => ({...hostSaying(() => Promise.resolve(capture('worker'))), name: 'worker-1'})

  test('a cause on another machine is found, and told with the name of that machine', async () => {
    const master = hostSaying(() => Promise.resolve(withoutEtcd()))
    const error = await explainFailure(
      worker(),
      failure,
      {...WHAT, phase: 'node-ready'},
      {
        others: () => Promise.resolve([master]),
      },
    )

    expect(error.message).toMatch(/\ncause on master: \/etc\/kubernetes\/manifests does not contain etcd\.yaml/)
    expect(error.evidence).toMatch(/master: files in \/etc\/kubernetes\/manifests/)
    expect(error.hint).toMatch(/^on master: run `kadm apply`/)
  })

  test('other machines are left alone where the host itself says why, and one that is gone hides nothing', async () => {
    const never = {others: () => Promise.reject(new Error('must not be asked'))}
    const known = await explainFailure(
      hostSaying(() => Promise.resolve(swapOn())),
      failure,
      WHAT,
      never,
    )
    const gone = hostSaying(() => Promise.reject(new KadmError('connect', 'connection lost')))
    const found = await explainFailure(
      worker(),
      failure,
      {...WHAT, phase: 'node-ready'},
      {
        others: () => Promise.resolve([gone, hostSaying(() => Promise.resolve(withoutEtcd()))]),
      },
    )

    expect(known.message).toMatch(/\ncause: swap is on/)
    expect(found.message).toMatch(/\ncause on master: /)
  })

  test('with no known cause it stays as it was, and shows what the host said last', async () => {
    const error = await explainFailure(
      hostSaying(() => Promise.resolve(capture('control-plane'))),
      failure,
      WHAT,
    )

    expect([error.message, error.hint]).toEqual([failure.message, failure.hint])
  })

  test.each([
    ['the host is gone', () => Promise.reject(new KadmError('connect', 'connection lost'))],
    ['the host says nonsense', () => Promise.resolve('motd: welcome')],
    ['looking for the cause has a bug', () => Promise.reject(new TypeError('bug'))],
  ])('the first error stands when %s, and what hid its cause is reported beside it', async (_, answer) => {
    const error = await explainFailure(hostSaying(answer), failure, WHAT)

    expect(error).toMatchObject({code: failure.code, message: failure.message, hint: failure.hint})
    expect(error.evidence).toMatch(/could not inspect the machine for the cause: \S/)
  })

  test('what explains itself, and what was cancelled, is left alone', async () => {
    const never = hostSaying(() => Promise.reject(new Error('must not be asked')))
    const preflight = new KadmError('preflight', 'a check failed')

    expect(await explainFailure(never, preflight, WHAT)).toBe(preflight)
    expect(await explainFailure(never, failure, WHAT, {signal: AbortSignal.abort()})).toBe(failure)
  })
})
