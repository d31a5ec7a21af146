import {describe, expect, test} from 'vitest'
import type {HostSpec, SshTarget} from '../../src/domain/cluster.ts'
import {KadmError} from '../../src/domain/errors.ts'
import {renewIdentity} from '../../src/engine/workflows/renew-identity.ts'
import {planRepairs} from '../../src/phases/shared/clone-repair.ts'
import {clonesAmong} from '../../src/phases/preflight/checks/clones.ts'
import {viewsOf} from '../../src/phases/preflight/input.ts'
import type {Host, RunResult} from '../../src/remote/host.ts'
import {gatherScript} from '../../src/facts/parse-facts.ts'
import {input, judged, sampleFacts} from '../phases/preflight/sample.ts'
import {fakeHost} from './fake-host.ts'
import {NEVER} from './sample-run.ts'

const KEY = {type: 'ssh-ed25519', blob: Buffer.from('new key').toString('base64')}
const FACTS = '\u001emachine\nhostname worker-2\n\u001eend\n'

/** A clone, the laptop's known_hosts and the steps in the order in which they were taken. */
function clone(
  more: {
    readonly make?: () => RunResult
    readonly take?: () => Promise<RunResult>
    readonly keys?: readonly string[]
  } = {},
) {
  const done: string[] = []
  const original = sampleFacts(11).identity
  const identity = {...sampleFacts(12).identity, machineId: original.machineId, hostKeys: original.hostKeys}
  const views = viewsOf(input([judged('worker-1', 11), judged('worker-2', 12, {identity})]))
  const [repair] = planRepairs(clonesAmong(views))
  const ssh = repair?.view.node.host.ssh
  if (repair === undefined || ssh === undefined || ssh === 'local') throw new Error('there is no clone')
  const keys = (more.keys ?? [`${KEY.type} ${KEY.blob} root@worker-2`]).map(key => `host-key ${key}\n`).join('')
  const step = (name: string): Promise<void> => Promise.resolve(void done.push(name))
  const host: Host = {
    ...fakeHost('worker-2'),
    run: script => {
      if (!script.includes(`"$kadm_fence" != 7 `))
        return Promise.reject(new Error('it was not asked whose lease it is'))
      return script.includes('systemctl --no-block reboot')
        ? step('take and boot').then(more.take ?? (() => ({code: 0, stdout: '', stderr: ''})))
        : step(script.includes('ssh-keygen') ? 'make' : '?').then(
            more.make ?? (() => ({code: 0, stdout: `boot-id old\nmachine-id abc\n${keys}`, stderr: ''})),
          )
    },
    close: () => step('hang up'),
  }
  const renewing = {
    repair,
    host,
    target: ssh,
    lease: {fence: 7, release: () => step('lease let go')},
    seedControlPlane: undefined,
    trust: {
      learn: ({address}: SshTarget) => step(`learn ${address}`),
      keepOnly: ({address}: SshTarget, kept: readonly unknown[]) =>
        step(`keep ${String(kept.length)} of ${address}`).then(() => []),
      isBehindJump: () => Promise.resolve(false),
      portOf: () => Promise.resolve(22),
    },
  }
  let now = 0
  const options = {
    emit: () => undefined,
    signal: NEVER,
    clock: {now: () => now, sleep: (ms: number) => Promise.resolve(void (now += ms))},
    connect: (spec: HostSpec): Promise<Host> => {
      const pin = spec.ssh === 'local' ? undefined : spec.ssh.hostKey
      done.push(`log in, believing ${pin ?? 'anything'}`)
      return Promise.resolve({
        ...fakeHost('worker-2'),
        read: script => Promise.resolve(script === gatherScript().text ? FACTS : 'new\n'),
        run: () => step('lease given back').then(() => ({code: 0, stdout: '', stderr: ''})),
      })
    },
  }
  return {done, result: renewIdentity(renewing, options)}
}

describe('a clone', () => {
  test('is believed with its new key before that is in force, by nothing else after, and with no old one once it is back', async () => {
    const {done, result} = clone()

    const {identity, bootMs} = await result

    const [key] = identity.hostKeys
    expect(done).toEqual([
      'make',
      'learn 192.168.56.11',
      'take and boot',
      'hang up',
      'lease let go',
      `log in, believing ${key?.fingerprint ?? ''}`,
      'lease given back',
      'keep 1 of 192.168.56.11',
    ])
    expect(bootMs).toBe(2000)
  })

  test('whose connection breaks while it shuts down is still waited for', async () => {
    const take = () => Promise.reject(new KadmError('connect', 'the connection was lost'))

    expect((await clone({take}).result).identity.machineId).toBe('abc')
  })

  test('that another run took over is left to it, with its old key still believed', async () => {
    const {done, result} = clone({take: () => Promise.resolve({code: 75, stdout: '', stderr: 'fence 8'})})

    await expect(result).rejects.toMatchObject({code: 'lease'})
    expect(done).toEqual(['make', 'learn 192.168.56.11', 'take and boot'])
  })

  test('that another run took over before its new identity is made is left to it', async () => {
    const {done, result} = clone({make: () => ({code: 75, stdout: '', stderr: 'fence 8'})})

    await expect(result).rejects.toMatchObject({code: 'lease'})
    expect(done).toEqual(['make'])
  })

  test('that cannot take its new identity says why, and has not booted', async () => {
    const {result} = clone({take: () => Promise.resolve({code: 1, stdout: '', stderr: 'Read-only file system'})})

    await expect(result).rejects.toMatchObject({
      message: 'could not apply its new identity',
      evidence: 'Read-only file system',
    })
  })

  test('without a key by which it could be known again is not touched', async () => {
    const {done, result} = clone({keys: []})

    await expect(result).rejects.toMatchObject({hint: expect.stringContaining('ssh-keygen -A') as unknown})
    expect(done).toEqual(['make'])
  })
})
