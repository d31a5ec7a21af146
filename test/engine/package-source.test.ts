import {expect, test} from 'vitest'
import type {Facts} from '../../src/domain/facts.ts'
import type {PackageRepository} from '../../src/domain/repository.ts'
import {packageSourceOf} from '../../src/engine/sources/package-source.ts'
import {applyPhases} from '../../src/phases/workflows/apply.ts'
import type {LocalBundle} from '../../src/phases/phase.ts'
import {select} from '../../src/phases/select.ts'
import {sampleCluster, sampleFacts, sampleSpec} from '../phases/preflight/sample.ts'
import {fakeHost} from './fake-host.ts'
import {FINGERPRINT, KEY} from '../resources/package-key.ts'

const BUNDLE: LocalBundle = {
  dir: '/bundle',
  bundle: {apiVersion: 'kadm/v1', kind: 'Bundle', kubernetesVersion: 'v1.37.2', architecture: 'amd64', entries: []},
}
const OWN: Partial<Facts> = {kubelet: {version: 'v1.37.2', running: true, cgroupDriver: undefined, nodeIp: undefined}}

/** What hosts with these facts get, and which repositories' keys were asked for. */
async function sourceOf(
  facts: readonly Partial<Facts>[],
  options: {readonly only?: readonly string[]; readonly bundle?: LocalBundle; readonly fingerprint?: string} = {},
) {
  const asked: PackageRepository[] = []
  const {only = [], bundle, fingerprint: keyFingerprint = FINGERPRINT} = options
  const candidates = facts.map((some, i) => ({
    spec: sampleSpec(),
    host: fakeHost('one'),
    gathered: {facts: sampleFacts(i, some), midpointSeconds: 0},
  }))
  const readPackageKey = (repository: PackageRepository): Promise<string> => {
    asked.push(repository)
    return Promise.resolve(KEY)
  }
  const packages = {url: 'https://mirror/deb', keyFingerprint}
  const source = await packageSourceOf(
    {bundle, steps: select(applyPhases, only, []), readPackageKey},
    {candidates, cluster: sampleCluster({source: {kind: 'online', packages}})},
  )
  return {source, asked: asked.map(({url}) => url)}
}

test('hosts that need packages get them from the repository of the file, whose key is asked for once', async () => {
  expect(await sourceOf([{}, {}, OWN])).toEqual({
    source: {url: 'https://mirror/deb/', key: KEY, keyFingerprint: FINGERPRINT},
    asked: ['https://mirror/deb/'],
  })
})

test.each([
  ['a bundle brings everything', [{}], {bundle: BUNDLE}],
  ['the phases of this run need none', [{}], {only: ['certs']}],
  ['all have a kubelet of their own', [OWN], {}],
])('no key is asked for when %s', async (_, facts, options) => {
  expect(await sourceOf(facts, options)).toEqual({source: undefined, asked: []})
})

test('a key that is not the pinned one ends the run with both fingerprints', async () => {
  await expect(sourceOf([{}], {fingerprint: FINGERPRINT.replace('F', '0')})).rejects.toMatchObject({
    code: 'config',
    message: 'the key of the package repository https://mirror/deb/ does not match the pinned key',
    evidence: `pinned ${FINGERPRINT.replace('F', '0')}\nfound  ${FINGERPRINT}`,
  })
})
