import pLimit from 'p-limit'
import {beforeAll, describe, expect, test} from 'vitest'
import {initFile, RENDERED} from './cases.ts'
import {differences, forKubeadm, ON_PURPOSE, OTHER_WORDS, valuesOf} from './comparable.ts'
import {environment, GIVEN, GIVEN_OTHERWISE} from './given.ts'
import {isOfInit, kadmInit} from './kadm-init.ts'
import {ODD, ODD_OTHERWISE} from './odd/odd.ts'
import {machineOf, realInit, type Rendered} from './real-init.ts'
import {realKubeadm} from './real-kubeadm.ts'
import {isTakenByKadm} from './taken.ts'

const kubeadm = realKubeadm() ?? ''

const cases = Object.entries({...RENDERED, ...GIVEN, ...ODD}).filter(
  ([name, text]) =>
    !Object.hasOwn({...GIVEN_OTHERWISE, ...ODD_OTHERWISE}, name) && isOfInit(text) && isTakenByKadm(text),
)

describe.runIf(kubeadm !== '')('what an init renders beside the real kubeadm', () => {
  const real = new Map<string, Rendered>()
  beforeAll(async () => {
    // A dry run waits most of its time, for an API server that is not there.
    const limit = pLimit(12)
    const all = [['', initFile()] as const, ...cases]
    await Promise.all(
      all.map(([name, text]) => limit(async () => real.set(name, await realInit(kubeadm, forKubeadm(text))))),
    )
  }, 900_000)

  test.each(cases)('is the same: %s', (name, text) => {
    const theirs = real.get(name) ?? {}
    const wanted = valuesOf(theirs, text)
    const ours = valuesOf(kadmInit(text, machineOf(theirs, text), environment), text)

    expect(wanted.size).toBeGreaterThan(500)
    expect(differences(wanted, ours, valuesOf(real.get('') ?? {}, ''))).toEqual([])
  })

  test('is different on purpose only for a reason', () => {
    for (const {why} of [...ON_PURPOSE, ...OTHER_WORDS]) expect(why.split(' ').length).toBeGreaterThan(4)
  })
})
