import {randomBytes} from 'node:crypto'
import {describe, expect, test} from 'vitest'
import type {EngineEvent} from '../../src/domain/events.ts'
import {KadmError} from '../../src/domain/errors.ts'
import {joinTokenDescription} from '../../src/engine/cluster/join-token-description.ts'
import {joinTokens} from '../../src/engine/cluster/join-token.ts'
import type {KubeClient} from '../../src/kube/client.ts'
import {parseToken} from '../../src/domain/bootstrap-token.ts'
import {DEFAULT_TOKEN, tokenSecret} from '../../src/kube/tokens.ts'
import {anAuthority} from '../resources/cluster-values.ts'
import {fakeKube, type FakeKube} from '../resources/cluster/fake-kube.ts'

const authority = await anAuthority()
const NOW = Date.parse('2026-06-01T00:00:00Z')

/** Secrets as the API gives them back. */
const listed = (api: FakeKube) =>
  [...api.objects.values()].map(object => {
    const {stringData, ...rest} = object as {stringData: Record<string, string>}
    const data = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')])
    return {...rest, data: Object.fromEntries(data) as Record<string, string>}
  })

function bench(changes: Partial<KubeClient> = {}, left: readonly {id: string; description: string}[] = []) {
  const events: EngineEvent[] = []
  const deleted: string[] = []
  const secrets = left.map(({id, description}) =>
    tokenSecret({id, secret: '0123456789abcdef'}, {...DEFAULT_TOKEN, description}, NOW),
  )
  const api: FakeKube = fakeKube(
    Object.fromEntries(
      secrets.map(secret => [`/api/v1/namespaces/kube-system/secrets/${secret.metadata.name}`, secret]),
    ),
    {
      endpoint: {host: '10.0.0.10', port: 6443, trust: {ca: authority.certPem}, credentials: {kind: 'anonymous'}},
      list: () => Promise.resolve(listed(api)),
      delete: path => {
        deleted.push(path.replace(/^.*bootstrap-token-/, ''))
        return Promise.resolve(api.objects.delete(path))
      },
      ...changes,
    },
  )
  const tokens = joinTokens({
    api: () => Promise.resolve(api),
    clock: {now: () => NOW, sleep: () => Promise.resolve()},
    random: randomBytes,
    emit: event => events.push(event),
    holder: 'ann@laptop process 1',
  })
  return {api, tokens, events, deleted, ids: () => [...api.objects.keys()].map(path => path.slice(-6))}
}
const idOf = (text: string): string => parseToken(text)?.id ?? ''

describe('the tokens of a run', () => {
  test('are one for each node, however often it is asked', async () => {
    const {tokens, ids} = bench()

    const [one, again, other] = await Promise.all(['worker-1', 'worker-1', 'worker-2'].map(tokens.create))

    expect(again).toBe(one)
    expect(other).not.toBe(one)
    expect(ids()).toHaveLength(2)
  })

  test('are deleted as soon as their own node has joined', async () => {
    const {tokens, ids} = bench()
    await tokens.create('worker-1')
    const other = await tokens.create('worker-2')
    expect(await tokens.isLeft('worker-1')).toBe(true)

    await tokens.revoke('worker-1')

    expect(ids()).toEqual([idOf(other)])
    expect(await tokens.isLeft('worker-1')).toBe(false)
    await tokens.revokeAll()
    expect(ids()).toEqual([])
  })

  test('are created again after a failure, and what the failed attempt left is deleted', async () => {
    let tries = 0
    const {tokens, api, deleted} = bench({
      create: object => {
        tries += 1
        if (tries > 1) return Promise.resolve({...object})
        return Promise.reject(new KadmError('connect', 'a hiccup of the API'))
      },
    })

    await expect(tokens.create('worker-1')).rejects.toThrow('a hiccup')
    expect(deleted).toHaveLength(1)
    expect(idOf(await tokens.create('worker-1'))).not.toBe(deleted[0])
    expect(api.objects.size).toBe(0)
  })

  test('that cannot be deleted are reported with the command that deletes them', async () => {
    const {tokens, events} = bench({delete: () => Promise.reject(new KadmError('connect', 'the cable is out'))})
    const id = idOf(await tokens.create('worker-1'))

    await tokens.revoke('worker-1')
    await tokens.revokeAll()

    expect(events).toMatchObject([
      {type: 'warning', host: 'worker-1', message: expect.stringContaining(`kadm token delete ${id}`) as string},
    ])
    expect(JSON.stringify(events)).toContain('the cable is out')
  })

  test('of a killed run for this node are deleted too; those of other nodes and of people stay', async () => {
    const {tokens, ids} = bench({}, [
      {id: 'aaaaaa', description: joinTokenDescription('worker-1', 'bob@desk process 2')},
      {id: 'bbbbbb', description: joinTokenDescription('worker-2', 'bob@desk process 2')},
      {id: 'cccccc', description: 'mine'},
      {id: 'dddddd', description: joinTokenDescription('worker-11', 'bob@desk process 2')},
    ])

    expect(await tokens.isLeft('worker-1')).toBe(true)
    await tokens.revoke('worker-1')

    expect(ids()).toEqual(['bbbbbb', 'cccccc', 'dddddd'])
    expect(await tokens.isLeft('worker-1')).toBe(false)
  })
})
