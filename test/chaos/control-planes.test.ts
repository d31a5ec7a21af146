import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {stringify} from 'yaml'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {dice} from './dice.ts'
import {make, mustBeBare, mustConverge, plan, undisturbed, type Sweep, type Trouble, type Undisturbed} from './sweep.ts'

/** As in the sweep of one control plane. */
const SEED = Number(process.env['KADM_CHAOS_SEED'] ?? Math.floor(Date.now() / 1000) % 100_000)
const CYCLES = Number(process.env['KADM_CHAOS_CYCLES'] ?? 6)
/** Those of another machine than the one that joins would cost etcd its quorum by themselves. */
const TROUBLES: readonly Trouble[] = ['kill', 'interrupt', 'cable', 'cable-back', 'power']
const KINDS = TROUBLES.filter(kind => process.env['KADM_CHAOS_TROUBLES']?.split(',').includes(kind) ?? true)
const MACHINES = ['cp-1', 'cp-2', 'cp-3']
const JOINING = 'cp-3'

describe(`a sweep over the join of a control plane and its removal, with seed ${String(SEED)}`, () => {
  const chance = dice(SEED)
  let lab: TestLab | undefined
  let sweep: Sweep
  let calm: Undisturbed

  beforeAll(async () => {
    const machines = (lab = await testLab('chaos-planes', MACHINES))
    const file = async (name: string, hosts: readonly string[]): Promise<string> => {
      const user = machines.target('cp-1').split('@')[0]
      const text = stringify({
        apiVersion: 'kadm/v1',
        kind: 'Cluster',
        kubernetesVersion: machines.lab.kubernetesVersion,
        hosts: hosts.map(host => ({name: host, role: 'control-plane', ssh: {address: machines.address(host), user}})),
        source: {kind: 'bundle', path: machines.bundleDir},
      })
      await machines.write(name, text)
      return join(machines.home, name)
    }
    const [two, three] = [await file('two.yaml', MACHINES.slice(0, 2)), await file('three.yaml', MACHINES)]
    await measured('a cluster with two control planes', () => machines.kadmDone(['apply', '-f', two]))
    sweep = {
      lab: machines,
      machines: MACHINES,
      apply: ['apply', '-f', three],
      reset: ['remove', JOINING, '-f', three, '--yes', '--delete-emptydir-data'],
      leaving: [JOINING],
    }
    // The load balancers of the others name the third one, until it leaves: both states come from a whole turn.
    await measured('an undisturbed join and removal', () => undisturbed(sweep))
    calm = await measured('another one', () => undisturbed(sweep))
  })
  afterAll(async () => {
    console.log(`\nseed ${String(SEED)}, KADM_CHAOS_SEED=${String(SEED)} repeats it`)
    await lab?.down()
  })

  /** Every member votes and answers. */
  const hasMembers = async (count: number): Promise<void> => {
    const {stdout} = await sweep.lab.kadm(['etcd', 'members', sweep.lab.target('cp-1')])
    expect(stdout).toContain(`${String(count)} of ${String(count)} voting members answer`)
  }

  const trouble = async (command: 'apply' | 'reset', kind: Trouble, events: number): Promise<void> => {
    const {answer, at} = await make(sweep, sweep[command], plan(kind, events, [JOINING], chance))
    console.log(
      `  ${sweep[command][0] ?? ''}, ${kind} at ${at ?? 'no point, it ended before'}: exit ${String(answer.code)}`,
    )
    expect(answer.code, `${answer.stdout.slice(-3000)}\n${answer.stderr.slice(-2000)}`).not.toBe(70)
  }

  const kinds: readonly Trouble[] = Array.from({length: CYCLES}, (_, i) => KINDS[i % KINDS.length] ?? 'kill')

  it.each(kinds.map((kind, i) => [i, kind] as const))('cycle %i: converges after %s', async (_, kind) => {
    await trouble('apply', kind, calm.applyEvents)
    await measured('join: rerun', () => mustConverge(sweep, calm))
    await hasMembers(3)
    await trouble('reset', kind, calm.resetEvents)
    await measured('removal: rerun', () => mustBeBare(sweep, calm))
    await hasMembers(2)
  })
})
