import {X509Certificate, randomBytes} from 'node:crypto'
import {afterEach, describe, expect, test} from 'vitest'
import {privateKeyPem} from '../../src/certs/keys.ts'
import {sharedControlPlane} from '../../src/engine/cluster/shared-control-plane.ts'
import {authority, fakeApi, type Answer} from '../kube/fake-api.ts'
import {fakeHost} from './fake-host.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A cluster whose API answers so, as a machine that has its CAs reaches it. */
async function joining(answer: (url: string) => Answer) {
  const ca = await authority()
  const server = await fakeApi(({url}) => answer(url), {ca})
  const dialled: string[] = []
  const pair = {cert: ca.certPem, key: privateKeyPem(ca.key)}
  const controlPlane = sharedControlPlane({
    host: {
      ...fakeHost('cp-3'),
      forward: (host, port) => {
        dialled.push(`${host}:${String(port)}`)
        return server.forward(host, port)
      },
    },
    server: {host: '10.0.0.10', port: 8443, ca: ca.certPem},
    shared: new Map([
      ...['ca', 'etcd-ca', 'front-proxy-ca'].flatMap(name => [
        [`${name}.crt`, pair.cert] as const,
        [`${name}.key`, pair.key] as const,
      ]),
      ['sa.key', 'the key'],
      ['sa.pub', 'the public key'],
    ]),
    now: new Date(),
    random: randomBytes,
  })
  closers.push(server.close, controlPlane.close)
  return {ca, server, controlPlane, dialled, pair}
}

describe('a machine that has the CAs of its cluster', () => {
  test('reaches the API as the administrator of admin.conf, with a certificate of a day', async () => {
    const {controlPlane, server, dialled} = await joining(() => ({text: 'ok'}))
    const api = await controlPlane.api()

    expect(await api.getText('/readyz')).toBe('ok')
    expect(server.asked[0]?.clientName).toBe('kubernetes-admin')
    expect(dialled).toEqual(['10.0.0.10:8443'])
    const {credentials} = api.endpoint
    const cert = new X509Certificate(credentials.kind === 'certificate' ? credentials.cert : '')
    expect(cert.subject).toBe('O=kubeadm:cluster-admins\nCN=kubernetes-admin')
    expect(Date.parse(cert.validTo) - Date.now()).toBeLessThan(86_400_000)
  })

  test('finds the members of etcd by the notes of their pods', async () => {
    const note = (url: string) => ({'kubeadm.kubernetes.io/etcd.advertise-client-urls': url})
    const {controlPlane, dialled} = await joining(() => ({
      json: {
        items: [
          {metadata: {annotations: note('https://10.0.0.11:2379')}, spec: {nodeName: 'cp-1'}},
          {metadata: {annotations: note('https://[fd00::2]:12379,https://10.0.0.12:2379')}},
          {metadata: {}},
        ],
      },
    }))
    const etcd = await controlPlane.etcd()

    await expect(etcd.members({retryForMs: 0})).rejects.toThrow()
    expect(dialled.slice(1)).toEqual(['10.0.0.11:2379', 'fd00::2:12379'])
  })

  test('says so when no pod of etcd is known', async () => {
    const {controlPlane} = await joining(() => ({json: {items: []}}))

    await expect(controlPlane.etcd()).rejects.toThrow('no member of etcd is known')
  })

  test('gives the CAs and the key of service accounts', async () => {
    const {controlPlane, pair} = await joining(() => ({text: ''}))

    expect(await controlPlane.authority('front-proxy-ca')).toEqual({certPem: pair.cert, keyPem: pair.key})
    expect(await controlPlane.serviceAccountKey()).toEqual({key: 'the key', pub: 'the public key'})
    await expect(controlPlane.superApi()).rejects.toThrow('no emergency access')
  })
})
