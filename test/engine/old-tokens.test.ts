import {describe, expect, test} from 'vitest'
import {joinTokenDescription} from '../../src/engine/cluster/join-token-description.ts'
import {removeOldTokens} from '../../src/engine/cluster/old-tokens.ts'
import {fakeKube, refused} from '../resources/cluster/fake-kube.ts'
import {holder} from './lease-scene.ts'

const secret = (id: string, description: string) => ({
  metadata: {name: `bootstrap-token-${id}`},
  data: Object.fromEntries(
    Object.entries({'token-id': id, 'token-secret': '0123456789abcdef', description}).map(([key, value]) => [
      key,
      Buffer.from(value).toString('base64'),
    ]),
  ),
})

function cluster(remove: (path: string) => Promise<boolean> = () => Promise.resolve(true)) {
  const deleted: string[] = []
  const api = fakeKube(
    {},
    {
      list: () =>
        Promise.resolve([
          secret('replac', joinTokenDescription('worker', 'ann@laptop process 1 on 1f2e')),
          secret('gone00', joinTokenDescription('worker', 'bob@desk process 2 on 3c4d')),
          secret('alive0', joinTokenDescription('worker', 'cyd@home process 3 on 5e6f')),
          secret('mine00', joinTokenDescription('worker', 'bob@desk process 9 on 3c4d')),
          secret('old010', 'kadm: for one join, taken back after it'),
          secret('byhand', "the team's own"),
        ]),
      delete: path => {
        deleted.push(path.split('/').at(-1) ?? '')
        return remove(path)
      },
    },
  )
  return {api, deleted}
}

const me = holder('bob@desk process 9 on 3c4d', ['bob@desk process 2 on 3c4d', 'bob@desk process 9 on 3c4d'])
const replaced = ['ann@laptop process 1 on 1f2e']

describe('the join tokens that runs left behind', () => {
  test('are deleted when their run is certainly dead; all others stay', async () => {
    const {api, deleted} = cluster()

    const gone = await removeOldTokens(api, {holder: me, replaced, warn: () => undefined})

    expect(gone).toEqual(['replac', 'gone00'])
    expect(deleted).toEqual(['bootstrap-token-replac', 'bootstrap-token-gone00'])
  })

  test('are named with what to do when they cannot be deleted', async () => {
    const {api} = cluster(() => Promise.reject(refused(403, 'Forbidden')))
    const warnings: string[] = []

    expect(await removeOldTokens(api, {holder: me, replaced, warn: message => warnings.push(message)})).toEqual([])
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toContain('kadm token delete replac')
  })
})
