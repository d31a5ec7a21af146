import {afterEach} from 'vitest'
import {kubeClient, type KubeClient} from '../../src/kube/client.ts'
import {fakeApi, type Answer, type Asked, type FakeApi} from './fake-api.ts'

export interface Served {
  readonly api: KubeClient
  readonly server: FakeApi
}

/** Clients with an API server that answers as the test says; all of them are closed after each test. */
export function served(): {
  readonly open: {close: () => Promise<void>}[]
  readonly start: (answer: (asked: Asked) => Answer) => Promise<Served>
} {
  const open: {close: () => Promise<void>}[] = []
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close()
  })
  return {
    open,
    start: async answer => {
      const server = await fakeApi(answer)
      const api = kubeClient(server.endpoint, server.forward)
      open.push(server, api)
      return {api, server}
    },
  }
}
