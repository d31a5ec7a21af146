import {randomBytes} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {sharedFiles} from '../../src/domain/shared-certs.ts'
import {objectAt, parseJson, textAt, textsAt} from '../../src/kube/json.ts'
import {downloadCerts, uploadCerts} from '../../src/kube/uploaded-certs.ts'
import {refusal, type Answer, type Asked} from './fake-api.ts'
import {served} from './served.ts'

const KEY = '0f'.repeat(32)
const NOW = Date.parse('2026-11-30T10:00:00Z')
const SECRET = '/api/v1/namespaces/kube-system/secrets/kubeadm-certs'
const FILES = sharedFiles({})
const TEXTS = new Map(FILES.map(({entry}) => [entry, `text of ${entry}`]))
const NEVER = {signal: new AbortController().signal, retryForMs: 0}

const {start} = served()

/** An API server with one Secret kubeadm-certs, or none. */
function certsServer(held?: Readonly<Record<string, unknown>>) {
  let data = held
  return ({method, url, body}: Asked): Answer => {
    const sent = objectAt(parseJson(body))
    const name = textAt(sent, 'metadata', 'name')
    if (method === 'POST' && name === 'kubeadm-certs' && data !== undefined)
      return refusal(409, 'AlreadyExists', 'exists')
    if (method === 'POST' && name !== 'kubeadm-certs')
      return {status: 201, json: {...sent, metadata: {name, uid: 'uid-7'}}}
    if (method === 'GET' && data === undefined) return refusal(404, 'NotFound', 'not found')
    if (url.startsWith(SECRET) || name === 'kubeadm-certs') {
      if (method !== 'GET') {
        const merged = Object.entries({...data, ...objectAt(sent, 'data')})
        data = Object.fromEntries(merged.filter(([, value]) => value !== null))
      }
      return {json: {...sent, data}}
    }
    return {json: sent}
  }
}

const upload = (certificateKey: string, files: ReadonlyMap<string, string> = TEXTS) => ({
  ...NEVER,
  files,
  certificateKey,
  now: NOW,
  random: randomBytes,
})

describe('the certificates that control planes share', () => {
  it('come back from the cluster as they were', async () => {
    const {api} = await start(certsServer())
    await uploadCerts(api, upload(KEY))

    expect(await downloadCerts(api, FILES, KEY, NEVER)).toEqual(TEXTS)
  })

  it('are stored encrypted, and end with a token that lets nobody join', async () => {
    const {api, server} = await start(certsServer())
    await uploadCerts(api, upload(KEY))

    const bodies = server.asked.map(({body}) => parseJson(body))
    const [token, secret] = bodies
    expect(textsAt(token, 'stringData')).toMatchObject({expiration: '2026-11-30T12:00:00Z'})
    expect(Object.keys(textsAt(token, 'stringData'))).not.toContain('auth-extra-groups')
    expect(JSON.stringify(token)).not.toContain('usage-bootstrap')
    expect(objectAt(secret, 'metadata')['ownerReferences']).toMatchObject([
      {kind: 'Secret', name: textAt(token, 'metadata', 'name'), uid: 'uid-7', controller: true},
    ])
    const sent = server.asked.map(({body, url}) => body + url).join()
    expect(sent).not.toContain('text of')
    expect(sent).not.toContain(Buffer.from('text of').toString('base64').slice(0, 8))
    expect(sent).not.toContain(KEY)
  })

  it('replace those of an earlier upload, with its other entries', async () => {
    const {api, server} = await start(certsServer({'ca.crt': 'b2xk', 'external-etcd.crt': 'b2xk'}))
    await uploadCerts(api, upload(KEY))

    expect(await downloadCerts(api, FILES, KEY, NEVER)).toEqual(TEXTS)
    const patch = server.asked.find(({method}) => method === 'PATCH')
    expect(patch?.headers['content-type']).toBe('application/merge-patch+json')
    expect(objectAt(parseJson(patch?.body ?? ''), 'data')['external-etcd.crt']).toBeNull()
  })

  it.each([
    ['is gone after two hours', () => refusal(404, 'NotFound', 'not found')],
    ['was never there, so nobody may read it', () => refusal(403, 'Forbidden', 'may not get secrets')],
  ])('are missed with the next step when the Secret %s', async (_, answer) => {
    const {api} = await start(answer)

    await expect(downloadCerts(api, FILES, KEY, NEVER)).rejects.toMatchObject({
      code: 'config',
      message: 'the cluster has no uploaded certificates: Secret kube-system/kubeadm-certs does not exist',
      hint: expect.stringContaining('kadm certs upload') as unknown,
    })
  })

  it('do not open with the key of another upload, and the error has neither key', async () => {
    const {api} = await start(certsServer())
    await uploadCerts(api, upload(KEY))

    const error: unknown = await downloadCerts(api, FILES, 'a1'.repeat(32), NEVER).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'config',
      message: 'the certificate key does not open ca.crt in Secret kube-system/kubeadm-certs',
      hint: expect.stringContaining('kadm certs upload') as unknown,
    })
    expect(JSON.stringify(error)).not.toMatch(/a1a1|0f0f/)
  })

  it.each([
    ['are empty, as kubeadm stores a file that it does not have', new Map([...TEXTS, ['ca.key', '']])],
    ['are not in it', new Map([...TEXTS].filter(([entry]) => entry !== 'ca.key'))],
  ])('are refused when some %s', async (_, texts) => {
    const {api} = await start(certsServer())
    await uploadCerts(api, upload(KEY, texts))

    await expect(downloadCerts(api, FILES, KEY, NEVER)).rejects.toMatchObject({
      message: 'Secret kube-system/kubeadm-certs does not contain ca.key',
      hint: expect.stringContaining('copy the files') as unknown,
    })
  })

  it('are, with an etcd outside the cluster, its files instead of a CA of etcd', () => {
    const externalEtcd = {endpoints: [], caFile: '/e/ca.crt', certFile: '/e/c.crt', keyFile: '/e/c.key'}
    const entries = sharedFiles({kubeadm: {externalEtcd}}).map(({entry, path}) => `${entry} ${path}`)

    expect(entries).toContain('external-etcd.key /e/c.key')
    expect(entries.join()).not.toContain('etcd/ca')
    expect(sharedFiles({kubeadm: {externalEtcd: {endpoints: []}}})).toHaveLength(6)
  })
})
