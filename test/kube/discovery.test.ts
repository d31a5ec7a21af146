import {afterEach, describe, expect, it} from 'vitest'
import type {Trust} from '../../src/kube/cluster-info.ts'
import type {Forward} from '../../src/kube/connection.ts'
import {discoverByToken, type DiscoveryOptions} from '../../src/kube/discovery.ts'
import {caPins, signClusterInfo} from '../../src/kube/signature.ts'
import {clusterInfoKubeconfig} from '../../src/manifests/cluster-info.ts'
import {authority, fakeApi, fakeClock, refusal, type Answer, type Authority, type FakeApi} from './fake-api.ts'
import {containing, matching} from './matchers.ts'

const TOKEN = 'abcdef.0123456789abcdef'
const PATH = '/api/v1/namespaces/kube-public/configmaps/cluster-info'
const parts = {id: 'abcdef', secret: '0123456789abcdef'}

const open: FakeApi[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

const infoOf = (ca: string, server = 'https://10.0.0.10:6443'): string => clusterInfoKubeconfig({server, caPem: ca})

const clusterInfo = (kubeconfig: string, token = parts): Answer => ({
  json: {data: {kubeconfig, [`jws-kubeconfig-${token.id}`]: signClusterInfo(kubeconfig, token)}},
})

async function cluster(
  answer: (ca: string, look: number) => Answer,
  options: {ca?: Authority; now?: Date} = {},
): Promise<FakeApi> {
  const ca = options.ca ?? (await authority())
  let looks = 0
  const server = await fakeApi(() => answer(ca.certPem, ++looks), {...options, ca})
  open.push(server)
  return server
}

const discover = (server: FakeApi, more: Partial<DiscoveryOptions> = {}): ReturnType<typeof discoverByToken> =>
  discoverByToken({
    endpoint: '10.0.0.10:6443',
    token: TOKEN,
    trust: {kind: 'pins', pins: caPins(server.ca)},
    forward: server.forward,
    clock: fakeClock(),
    deadlineMs: 2_000,
    signedWithinMs: 1_000,
    ...more,
  })

describe('discovery by token', () => {
  it('gives the address and the CA of the cluster, having looked twice and shown nothing of the token', async () => {
    const server = await cluster(ca => clusterInfo(infoOf(ca, 'https://api.example:443')))

    const found = await discover(server)

    expect(found).toMatchObject({server: 'https://api.example:443', host: 'api.example', port: 443, ca: server.ca})
    expect(server.asked.map(one => [one.url, one.headers.authorization, one.clientName])).toEqual([
      [PATH, undefined, undefined],
      [PATH, undefined, undefined],
    ])
  })

  it('takes a pin in capital letters, and any of several', async () => {
    const server = await cluster(ca => clusterInfo(infoOf(ca)))
    const pins = [`sha256:${'0'.repeat(64)}`, ...caPins(server.ca).map(pin => pin.toUpperCase())]

    await expect(discover(server, {trust: {kind: 'pins', pins}})).resolves.toMatchObject({ca: server.ca})
  })

  it('looks once when only the token is trusted', async () => {
    const server = await cluster(ca => clusterInfo(infoOf(ca)))

    await discover(server, {trust: {kind: 'token-only'}})

    expect(server.asked).toHaveLength(1)
  })

  it('waits for the signature of a token that was just made', async () => {
    const server = await cluster((ca, look) =>
      look < 3 ? {json: {data: {kubeconfig: infoOf(ca)}}} : clusterInfo(infoOf(ca)),
    )

    await expect(discover(server)).resolves.toMatchObject({port: 6443})
  })

  it('says that the token has expired or never was, and which there are', async () => {
    const server = await cluster(ca => clusterInfo(infoOf(ca), {id: 'zzzzzz', secret: parts.secret}))

    await expect(discover(server)).rejects.toMatchObject({
      code: 'config',
      message: 'the token abcdef does not exist in the cluster or has expired (the cluster has zzzzzz)',
      hint: containing('kadm token create'),
    })
  })

  it('says that the secret is wrong, without telling it', async () => {
    const server = await cluster(ca => clusterInfo(infoOf(ca), {...parts, secret: 'fedcba9876543210'}))

    const error: unknown = await discover(server).catch((caught: unknown) => caught)

    expect(error).toMatchObject({
      code: 'config',
      message: containing('secret of token abcdef does not match'),
    })
    expect(JSON.stringify(error)).not.toContain(parts.secret)
  })

  it('shows both hashes when the pin is another', async () => {
    const server = await cluster(ca => clusterInfo(infoOf(ca)))
    const pin = `sha256:${'a'.repeat(64)}`

    await expect(discover(server, {trust: {kind: 'pins', pins: [pin]}})).rejects.toMatchObject({
      code: 'config',
      message: containing('does not match the pinned hash'),
      evidence: `pinned: ${pin}\nfound:  ${caPins(server.ca).join('')}`,
    })
  })

  it('does not believe a server that cannot show a certificate of the CA it names', async () => {
    const other = await authority()
    const server = await cluster(() => clusterInfo(infoOf(other.certPem)))

    await expect(discover(server, {trust: {kind: 'pins', pins: caPins(other.certPem)}})).rejects.toMatchObject({
      code: 'config',
      message: containing('the CA in cluster-info did not sign'),
    })
  })

  it('does not believe a cluster-info that changes between the looks', async () => {
    const server = await cluster((ca, look) => clusterInfo(infoOf(ca, `https://10.0.0.${look}:6443`)))

    await expect(discover(server)).rejects.toMatchObject({
      message: containing('changed between two requests'),
    })
  })

  it.each([
    ['ahead', new Date(Date.now() + 86_400_000)],
    ['behind', new Date(Date.now() - 86_400_000)],
  ])('speaks of the clock when that of the control plane is %s', async (_, now) => {
    const server = await cluster(ca => clusterInfo(infoOf(ca)), {now})

    await expect(discover(server)).rejects.toMatchObject({message: containing('clocks differ')})
  })

  it('says that the first control plane is not finished when there is no cluster-info', async () => {
    const server = await cluster(() => refusal(404, 'NotFound', 'not found'))

    await expect(discover(server)).rejects.toMatchObject({
      message: 'the ConfigMap kube-public/cluster-info does not exist in the cluster',
      hint: containing('kadm init'),
    })
  })

  it('says that the cluster does not show it to strangers', async () => {
    const server = await cluster(() => refusal(403, 'Forbidden', 'no'))

    await expect(discover(server)).rejects.toMatchObject({
      message: containing('does not allow joining machines to read cluster-info'),
    })
  })

  it('says what it waited for when nothing answers', async () => {
    const server = await cluster(() => ({}))
    const forward: Forward = () =>
      Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), {code: 'ECONNREFUSED'}))

    await expect(discover(server, {forward})).rejects.toMatchObject({
      code: 'timeout',
      message: matching(/^waited 2 s for the API server at 10\.0\.0\.10:6443; last seen: .*ECONNREFUSED/),
    })
  })

  it.each<[string, Partial<DiscoveryOptions>]>([
    ['an address without a port', {endpoint: '10.0.0.10'}],
    ['a token with a letter too few', {token: 'abcdef.0123456789abcde'}],
    ['a pin that is none', {trust: {kind: 'pins', pins: ['sha256:abc']} satisfies Trust}],
  ])('refuses %s before it connects', async (_, more) => {
    const server = await cluster(() => ({}))

    await expect(discover(server, more)).rejects.toMatchObject({code: matching(/usage|config/)})
    expect(server.asked).toHaveLength(0)
  })
})
