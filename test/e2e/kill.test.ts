import {join} from 'node:path'
import {writeFile} from 'node:fs/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {LEFT_BY_RESET} from './left-by-reset.ts'
import {cutCable, plugCable} from '../chaos/cable.ts'
import {nodeState} from '../chaos/node-state.ts'
import {runUnderTrouble, type Point} from '../chaos/run-under-trouble.ts'
import {takeOver} from '../chaos/take-over.ts'
import type {KadmEvent} from './run-kadm.ts'
import {differences, snapshot, type Snapshot} from './snapshot.ts'
import {measured, testLab, type TestLab} from './test-lab.ts'
import {errorsIn} from './told.ts'

const MACHINES = ['master', 'worker']
/** Longest life of a token that a run makes for its own join. */
const TOKEN_MS = 15 * 60_000

const isEvent =
  (type: string, phase: string, host: string): Point['isMeant'] =>
  event =>
    event.type === type && event.phase === phase && event.host === host

type Moment = 'phase-started' | 'phase-progress' | 'changed'

type KillPoint = readonly [phase: string, host: string, moment: Moment, afterMs: number]

/** A sample of what is done to a control plane and a worker: where, at which event, and how many ms after it. `test:chaos` tries all. */
const PREPARING: readonly KillPoint[] = [['prepare/runtime', 'worker', 'phase-progress', 30]]
const AT_WORK: readonly KillPoint[] = [
  ['certs/leaves', 'master', 'changed', 150],
  ['kubelet-start', 'master', 'changed', 200],
  ['wait-control-plane', 'master', 'phase-started', 700],
  ['addon/coredns', 'master', 'phase-started', 10],
  ['worker/kubelet-start', 'worker', 'changed', 350],
  ['worker/token-gone', 'worker', 'phase-started', 0],
  ['node-ready', 'worker', 'phase-started', 0],
]

/** A laptop falls asleep here. */
const STOPPED: Point = {isMeant: isEvent('phase-started', 'undo', 'worker'), afterMs: 100}
/** While authorities and what they signed are taken away, and before and after. */
const UNDOING = [
  {host: 'worker', afterMs: 300},
  {host: 'master', afterMs: 150},
  {host: 'master', afterMs: 900},
]

describe('a run that is killed', () => {
  let lab: TestLab
  const bare = new Map<string, Snapshot>()
  let apply: readonly string[] = []

  beforeAll(async () => {
    lab = await testLab('e2e-kill', MACHINES)
    await Promise.all(MACHINES.map(async machine => bare.set(machine, await snapshot(lab, machine))))
    const targets = MACHINES.map(lab.target)
    const {stdout} = await lab.kadmDone(['config', 'print', ...targets, '--bundle', lab.bundleDir], {bare: true})
    await writeFile(join(lab.home, 'kadm.yaml'), stdout)
    apply = ['apply', '-f', join(lab.home, 'kadm.yaml'), '--json']
  })
  afterAll(() => lab.down())

  const lease = (machine: string): Promise<string> => lab.must(machine, 'sudo sed -n 1p /var/lib/kadm/lease')

  const killed = async (...[phase, host, moment, afterMs]: KillPoint): Promise<void> => {
    let isDue = false
    // What an earlier run had done before it died is not changed again.
    const due = ({type, ...event}: KadmEvent): boolean =>
      event.host === host && event.phase === phase && (type === moment || type === 'phase-done')

    const {code, events} = await lab.kadm(apply, {
      onEvent: (event, signal) => {
        if (isDue || !due(event)) return
        isDue = true
        setTimeout(() => signal('SIGKILL'), afterMs)
      },
    })

    expect(errorsIn(events)).toEqual([])
    expect(isDue, 'the run never came there').toBe(true)
    expect(code).toBeUndefined()
  }

  it.each(PREPARING)('in %s of %s, at a %s and %i ms, is run again and continues', killed)

  it('by Ctrl-C stops cleanly, says how to go on, and holds no machine', async () => {
    let stopped = false
    const {code, events, stderr} = await lab.kadm(apply, {
      onEvent: ({type, phase}, signal) => {
        if (stopped || type !== 'phase-started' || phase !== 'control-plane-images') return
        stopped = true
        signal('SIGINT')
      },
    })

    expect(code).toBe(130)
    expect(stderr).toContain('stopping; press Ctrl-C again to exit now')
    expect(errorsIn(events)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({code: 'cancelled', hint: expect.stringMatching(/run .*again/) as unknown}),
      ]),
    )
    expect(await Promise.all(MACHINES.map(lease))).toEqual(['', ''])
  })

  it.each(AT_WORK)('in %s of %s, at a %s and %i ms, is run again and continues', killed)

  it('converges when it runs to its end, and another run changes nothing', async () => {
    await measured('the last apply', () => lab.kadmDone(apply))

    const again = await lab.kadmDone(apply)

    expect(again.events.at(-1)).toMatchObject({type: 'result', changes: 0})
  })

  it('leaves a cluster of exactly the nodes it was to have, in which everything works', async () => {
    expect(await lab.must('master', 'kubectl get nodes -o name | sort')).toBe('node/master\nnode/worker')
    const {events} = await measured('kadm verify', () =>
      lab.kadm(['verify', lab.target('master'), '--json', '--quick']),
    )

    expect(events.filter(({type, ok}) => type === 'check' && ok !== true)).toEqual([])
    expect(errorsIn(events)).toEqual([])
  })

  it('leaves no token that lives longer than its join may take, and holds no machine', async () => {
    const {events} = await lab.kadmDone(['token', 'list', '--to', lab.target('master'), '--json'])

    const expiries = tokensOf(events.at(-1)).map(({expiresAt}) => expiresAt ?? Infinity)
    expect(Math.max(0, ...expiries)).toBeLessThan(Date.now() + TOKEN_MS)
    expect(await lab.on('worker', 'sudo test -e /etc/kubernetes/bootstrap-kubelet.conf')).toMatchObject({code: 1})
    expect(await Promise.all(MACHINES.map(lease))).toEqual(['', ''])
  })

  it('changes nothing when it wakes after others took its machines over, and a short cut of a cable stops nobody', async () => {
    const file = join(lab.home, 'kadm.yaml')
    const seen: Snapshot[][] = []
    const cut: Point = {isMeant: isEvent('phase-started', 'node-images', 'worker'), afterMs: 0}

    const {answer} = await takeOver(lab, ['reset', '-f', file, '--yes'], STOPPED, {
      meanwhile: async () => {
        await lab.kadmDone(['reset', '-f', file, '--yes', '--take-lease'])
        const {answer: made} = await runUnderTrouble(lab, ['apply', '-f', file], cut, async () => {
          await cutCable(lab, 'worker')
          await new Promise(resolve => setTimeout(resolve, 5000))
          await plugCable(lab, 'worker')
        })
        expect(errorsIn(made.events)).toEqual([])
        expect(made.code).toBe(0)
      },
      look: async () => void seen.push(await Promise.all(MACHINES.map(machine => snapshot(lab, machine)))),
    })

    expect(answer.code).toBe(8)
    const [before = [], after = []] = seen.map(machines => machines.map(nodeState))
    MACHINES.forEach((machine, i) =>
      expect(differences(before[i] ?? new Set(), after[i] ?? new Set()), machine).toEqual([]),
    )
    expect((await lab.kadmDone(apply)).events.at(-1)).toMatchObject({type: 'result', changes: 0})
  })

  it('of reset is run again like any other', async () => {
    for (const {host, afterMs} of UNDOING) {
      const point = {isMeant: isEvent('phase-started', 'undo', host), afterMs}
      const {answer, at} = await runUnderTrouble(
        lab,
        ['reset', '-f', join(lab.home, 'kadm.yaml'), '--yes'],
        point,
        signal => signal('SIGKILL'),
      )
      expect(at).toBeDefined()
      expect(answer.code).toBeUndefined()
    }
  })

  it('has kept the true originals: reset leaves no trace', async () => {
    await measured('kadm reset', () => lab.kadmDone(['reset', '-f', join(lab.home, 'kadm.yaml'), '--yes']))

    for (const machine of MACHINES) {
      const before = bare.get(machine) ?? new Set()
      // A script of a run that was killed ends by itself, within some seconds.
      await expect
        .poll(async () => differences(before, await snapshot(lab, machine), LEFT_BY_RESET), {timeout: 60_000})
        .toEqual([])
    }
  })
})

interface TokenSeen {
  readonly expiresAt?: number
}

const isTokens = (value: unknown): value is readonly TokenSeen[] => Array.isArray(value)
const tokensOf = (event: KadmEvent | undefined): readonly TokenSeen[] =>
  isTokens(event?.['tokens']) ? event['tokens'] : []
