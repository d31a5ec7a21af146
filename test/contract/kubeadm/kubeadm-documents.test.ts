import {describe, expect, test} from 'vitest'
import {JUDGED, OTHERWISE} from './cases.ts'
import {forKubeadm} from './comparable.ts'
import {GIVEN, GIVEN_OTHERWISE} from './given.ts'
import {ODD, ODD_OTHERWISE} from './odd/odd.ts'
import {isTakenBy, printedBy, realKubeadm} from './real-kubeadm.ts'
import {isTakenByKadm} from './taken.ts'

const kubeadm = realKubeadm() ?? ''

const files = {...GIVEN, ...ODD}
const reasons = {...GIVEN_OTHERWISE, ...ODD_OTHERWISE}

const alike = Object.entries({...JUDGED, ...files}).filter(([name]) => !Object.hasOwn(reasons, name))
const otherwise = [
  ...Object.entries(OTHERWISE),
  ...Object.entries(reasons).map(([name, reason]) => [name, {text: files[name] ?? '', ...reason}] as const),
]

describe.runIf(kubeadm !== '')('beside the real kubeadm', () => {
  test.each(alike)('the verdict is the same: %s', (_, text) => {
    expect(isTakenByKadm(text)).toBe(isTakenBy(kubeadm, forKubeadm(text)))
  })

  test.each(otherwise)('kadm decides otherwise: %s', (_, {text, isTaken, why}) => {
    expect(why).not.toBe('')
    expect(isTakenByKadm(text)).toBe(isTaken)
    expect(isTakenBy(kubeadm, text)).toBe(!isTaken)
  })

  test.each([
    [['init-defaults']],
    [['init-defaults', '--component-configs', 'KubeletConfiguration,KubeProxyConfiguration']],
    [['join-defaults']],
  ])('what it prints is taken: %j', args => {
    for (const release of ['1.35.4', '1.36.3', '1.37.2'])
      expect(isTakenByKadm(printedBy(kubeadm, ...args).replace('1.37.0', release))).toBe(true)
  })
})
