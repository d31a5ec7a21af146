import {expect, test} from 'vitest'
import {runValues, type ValueSources} from '../../src/engine/cluster/run-values.ts'

const none = (): Promise<never> => Promise.reject(new Error('nobody asks for this'))
const pair = (name: string) => ({certPem: `cert of ${name}`, keyPem: `key of ${name}`})

const sources = (changes: Partial<ValueSources> = {}): ValueSources => ({
  readAuthority: none,
  readClusterCa: none,
  createToken: none,
  releaseHash: none,
  makeKey: none,
  random: () => Buffer.alloc(0),
  now: new Date(0),
  ...changes,
})

test('hosts that ask for the CA at the same time share one read', async () => {
  let reads = 0
  const values = runValues(sources({readClusterCa: () => Promise.resolve(`ca ${String(++reads)}`)}))

  expect(await Promise.all([values.clusterCa(), values.clusterCa()])).toEqual(['ca 1', 'ca 1'])
  expect(await values.clusterCa()).toBe('ca 1')
})

test('a read that failed is tried again by the next who asks', async () => {
  let reads = 0
  const values = runValues(
    sources({readClusterCa: () => (++reads === 1 ? Promise.reject(new Error('a hiccup')) : Promise.resolve('ca'))}),
  )

  await expect(values.clusterCa()).rejects.toThrow('a hiccup')
  expect(await values.clusterCa()).toBe('ca')
})

test('each authority is read once, and one that failed is tried again', async () => {
  const asked: string[] = []
  const values = runValues(
    sources({
      readAuthority: name => {
        asked.push(name)
        return asked.length === 1 ? Promise.reject(new Error('a hiccup')) : Promise.resolve(pair(name))
      },
    }),
  )

  await expect(values.authority('ca')).rejects.toThrow('a hiccup')
  expect(await values.authority('ca')).toEqual(pair('ca'))
  expect(await values.authority('etcd-ca')).toEqual(pair('etcd-ca'))
  expect(await values.authority('ca')).toEqual(pair('ca'))
  expect(asked).toEqual(['ca', 'ca', 'etcd-ca'])
})

test('what the run made itself is not read from the cluster', async () => {
  const values = runValues(sources())

  values.setAuthority('ca', pair('new'))

  expect(await values.authority('ca')).toEqual(pair('new'))
  expect(await values.clusterCa()).toBe('cert of new')
  await expect(values.authority('etcd-ca')).rejects.toThrow('nobody asks for this')
})

test('a run that makes no tokens has none to revoke', async () => {
  const values = runValues(sources())

  expect(await values.isTokenLeft('worker-1')).toBe(false)
  await expect(values.revokeToken('worker-1')).resolves.toBeUndefined()
})

test('a run without a connection to the cluster says which value it cannot get, and still creates its own', async () => {
  const {releaseHash, makeKey, random, now} = sources()
  const values = runValues({releaseHash, makeKey, random, now})

  await expect(values.authority('etcd-ca')).rejects.toMatchObject({
    code: 'remote',
    message: 'this run has no access to the key of the CA etcd-ca',
  })
  await expect(values.clusterCa()).rejects.toMatchObject({message: 'this run has no access to the CA of the cluster'})
  await expect(values.bootstrapToken('worker')).rejects.toMatchObject({
    message: 'this run has no access to join tokens',
  })
  values.setAuthority('ca', {certPem: 'cert', keyPem: 'key'})
  expect(await values.clusterCa()).toBe('cert')
})
