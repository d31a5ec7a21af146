import {describe, expect, it} from 'vitest'
import {reach} from '../../src/verify/checks/reach.ts'
import {makeCheckContext, type Probe} from '../../src/verify/check-context.ts'
import {fakeClock} from '../kube/fake-api.ts'
import {fakeCluster} from './fake-cluster.ts'

const probe: Probe = {name: 'probe-worker-1', node: 'worker-1', ip: '10.244.1.2', controlPlane: false}
const dns = {host: 'probe', port: 80}

/** What a pod says of a name that a request of five seconds did not get through to, and a command did. */
async function late(
  timeoutScale: number,
): Promise<{readonly said: string | undefined; readonly commands: readonly string[]}> {
  const commands: string[] = []
  const {api} = fakeCluster({
    nodes: [{name: 'worker-1'}],
    closed: () => 'Get "http://probe:80/hostname": context deadline exceeded',
    exec: (_, command) => {
      commands.push(command.join(' '))
      return {}
    },
  })
  const scene = makeCheckContext({
    api,
    timeoutScale,
    clock: fakeClock(),
    signal: new AbortController().signal,
    namespace: 'kadm-verify-00000000',
    images: {first: 'agnhost:1', second: 'agnhost:2'},
    dnsDomain: 'cluster.local',
  })
  return {said: await reach(scene, probe, dns), commands}
}

describe('a pod that gets nowhere with a request', () => {
  it('says why', async () => {
    expect(await late(1)).toEqual({said: 'context deadline exceeded', commands: []})
  })

  it('tries by a command, with as much more time, where all takes longer', async () => {
    expect(await late(7.5)).toEqual({said: undefined, commands: ['/agnhost connect probe:80 --timeout=38s']})
  })
})
