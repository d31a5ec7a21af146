import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {differences, valuesOf} from './comparable.ts'
import {environment} from './given.ts'
import {kadmInit} from './kadm-init.ts'
import {machineOf, type Rendered} from './real-init.ts'
import {isTakenByKadm} from './taken.ts'

/** What record.ts wrote. */
interface Recorded {
  readonly printed: Readonly<Record<'init' | 'initAlone' | 'join' | 'reset' | 'upgrade', string>>
  readonly rendered: Rendered
}

const folder = join(import.meta.dirname, 'recorded')
const recorded = readdirSync(folder).map(
  name => [name.slice(0, -5), JSON.parse(readFileSync(join(folder, name), 'utf8')) as Recorded] as const,
)

describe.each(recorded)('beside what kubeadm %s printed and wrote', (_, {printed, rendered}) => {
  test('its defaults are taken, but not documents that describe no cluster', () => {
    const {init, initAlone, join: joins, reset, upgrade} = printed

    expect([init, initAlone, joins].map(isTakenByKadm)).toEqual([true, true, true])
    expect([reset, upgrade].map(isTakenByKadm)).toEqual([false, false])
  })

  test('the same is rendered for its defaults', () => {
    const wanted = valuesOf(rendered, printed.init)
    const ours = valuesOf(kadmInit(printed.init, machineOf(rendered, printed.init), environment), printed.init)

    expect(wanted.size).toBeGreaterThan(800)
    expect(differences(wanted, ours, wanted)).toEqual([])
  })
})
