import {expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import type {Facts} from '../../src/domain/facts.ts'
import {askReleaseHashes} from '../../src/engine/sources/release-hashes.ts'
import {RUNTIME_PHASE} from '../../src/phases/host/packages.ts'
import {sampleCluster, sampleFacts, sampleSpec} from '../phases/preflight/sample.ts'
import {fakeHost} from './fake-host.ts'
import {step} from './sample-steps.ts'

async function asked(
  machines: readonly Partial<Facts>[],
  {steps = [step(RUNTIME_PHASE)], fails = false}: {steps?: ReturnType<typeof step>[]; fails?: boolean} = {},
): Promise<readonly string[]> {
  const files: string[] = []
  const candidates = machines.map((facts, i) => ({
    spec: sampleSpec({name: `vm-${i}`}),
    host: fakeHost(`vm-${i}`),
    gathered: {facts: sampleFacts(i, facts), midpointSeconds: 0},
  }))
  const readReleaseHash = (_: string, file: string): Promise<string> => {
    files.push(file)
    return fails
      ? Promise.reject(new KadmError('connect', `cannot download the hash of ${file}`))
      : Promise.resolve('ab')
  }
  await askReleaseHashes({bundle: undefined, steps, readReleaseHash}, {candidates, cluster: sampleCluster()})
  return files
}

test('each file is asked for once, however many machines fetch it', async () => {
  const one = await asked([{}])

  expect(one.some(file => file.startsWith('containerd-'))).toBe(true)
  expect(await asked([{}, {}, {}])).toEqual(one)
})

test('a hash that cannot be read stops the run before a machine is changed', async () => {
  await expect(asked([{}], {fails: true})).rejects.toMatchObject({code: 'connect'})
})

test('nothing is asked when no runtime is installed from an archive', async () => {
  expect(await asked([{packages: {containerd: {version: '1.7.24', held: false}}}])).toEqual([])
  expect(await asked([{}], {steps: [step('certs/ca')]})).toEqual([])
})
