import pLimit from 'p-limit'
import {beforeAll, describe, expect, test} from 'vitest'
import {RENDERED} from './cases.ts'
import {differences, forKubeadm, ON_PURPOSE, OTHER_WORDS, valuesOf} from './comparable.ts'
import {environment, GIVEN, GIVEN_OTHERWISE} from './given.ts'
import {isOfInit, kadmInit} from './kadm-init.ts'
import {ODD, ODD_OTHERWISE} from './odd/odd.ts'
import {machineOf, realInit, type Rendered} from './real-init.ts'
import {realKubeadm} from './real-kubeadm.ts'
import {isTakenByKadm} from './taken.ts'

const kubeadm = realKubeadm() ?? ''

const USUAL = 'nothing besides'

/** kubeadm needs more than a second for the RSA keys of an init: most cases ask for other keys, and are the same otherwise. */
const withQuickKeys = (text: string): string =>
  text.includes('encryptionAlgorithm')
    ? text
    : text.replace(/^kind: ClusterConfiguration$/m, '$&\nencryptionAlgorithm: ECDSA-P256')

const cases = Object.entries({...RENDERED, ...GIVEN, ...ODD})
  .filter(
    ([name, text]) =>
      !Object.hasOwn({...GIVEN_OTHERWISE, ...ODD_OTHERWISE}, name) && isOfInit(text) && isTakenByKadm(text),
  )
  .map(([name, text]) => [name, name === USUAL ? text : withQuickKeys(text)] as const)

describe.runIf(kubeadm !== '')('what an init renders beside the real kubeadm', () => {
  const real = new Map<string, Rendered>()
  let usual: ReturnType<typeof valuesOf>
  beforeAll(async () => {
    // A dry run waits most of its time, for an API server that is not there.
    const limit = pLimit(24)
    await Promise.all(
      cases.map(([name, text]) => limit(async () => real.set(name, await realInit(kubeadm, forKubeadm(text))))),
    )
    usual = valuesOf(real.get(USUAL) ?? {}, '')
  }, 900_000)

  test.each(cases)('is the same: %s', (name, text) => {
    const theirs = real.get(name) ?? {}
    const wanted = valuesOf(theirs, text)
    const ours = valuesOf(kadmInit(text, machineOf(theirs, text), environment), text)

    expect(wanted.size).toBeGreaterThan(500)
    expect(differences(wanted, ours, usual)).toEqual([])
  })

  test('is different on purpose only for a reason', () => {
    for (const {why} of [...ON_PURPOSE, ...OTHER_WORDS]) expect(why.split(' ').length).toBeGreaterThan(4)
  })
})
