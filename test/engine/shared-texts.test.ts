import {randomBytes} from 'node:crypto'
import {describe, expect, test} from 'vitest'
import {sealBytes} from '../../src/certs/sealed-certs.ts'
import {sharedFiles} from '../../src/domain/shared-certs.ts'
import {sharedTexts} from '../../src/engine/cluster/shared-texts.ts'
import {fakeKube} from '../resources/cluster/fake-kube.ts'
import {anAuthority} from '../resources/cluster-values.ts'
import {NEVER} from './sample-run.ts'
import {scratchHosts} from './scratch-host.ts'

const FILES = sharedFiles({})
const KEY = '5a'.repeat(32)
const scratch = scratchHosts()

/** The files of a cluster with this CA. */
const textsWith = (caPem: string): ReadonlyMap<string, string> =>
  new Map(FILES.map(({entry}) => [entry, entry === 'ca.crt' ? caPem : `text of ${entry}\n`]))

async function scene(onMachine: (entry: string) => boolean, certificateKey?: string) {
  const {certPem: caPem} = await anAuthority()
  const texts = textsWith(caPem)
  const vm = scratch()
  for (const {entry, path} of FILES) if (onMachine(entry)) vm.write(path, texts.get(entry) ?? '')
  let asked = 0
  const data = Object.fromEntries(
    [...texts].map(([entry, text]) => [
      entry,
      sealBytes(Buffer.from(text), Buffer.from(KEY, 'hex'), randomBytes).toString('base64'),
    ]),
  )
  const api = fakeKube(
    {},
    {
      get: () => {
        asked++
        return Promise.resolve({data})
      },
    },
  )
  const sharing = {host: vm.host, files: FILES, caPem, certificateKey, api, signal: NEVER}
  return {texts, sharing, requests: () => asked, scripts: vm.scripts}
}

describe('the files that control planes share', () => {
  test('come from the cluster with the certificate key, where the machine lacks one', async () => {
    const {sharing, texts} = await scene(entry => entry.startsWith('sa.'), KEY)

    expect(await sharedTexts(sharing)).toEqual(texts)
  })

  test('are those of the machine where it has all, so that a second run needs no upload', async () => {
    const {sharing, texts, requests} = await scene(() => true, 'ff'.repeat(32))

    expect(await sharedTexts(sharing)).toEqual(texts)
    expect(requests()).toBe(0)
  })

  test('are named when the machine lacks them and there is no key', async () => {
    const {sharing} = await scene(entry => !entry.endsWith('.key'))

    await expect(sharedTexts(sharing)).rejects.toMatchObject({
      code: 'config',
      message:
        'this machine lacks files that all control planes share: /etc/kubernetes/pki/ca.key, /etc/kubernetes/pki/front-proxy-ca.key, /etc/kubernetes/pki/etcd/ca.key, /etc/kubernetes/pki/sa.key',
      hint: expect.stringContaining('kadm certs upload') as unknown,
    })
  })

  test.each([
    ['the machine', () => true, undefined],
    ['the upload', () => false, KEY],
  ])('of another cluster are refused: those of %s', async (_, onMachine, key) => {
    const {sharing} = await scene(onMachine, key)
    const {certPem: caPem} = await anAuthority()

    await expect(sharedTexts({...sharing, caPem})).rejects.toThrow('ca.crt is not the CA of the cluster')
  })

  test('never come into a script', async () => {
    const {sharing, scripts} = await scene(() => false, KEY)
    await sharedTexts(sharing)

    expect(scripts.join()).not.toMatch(/text of|5a5a/)
  })
})
