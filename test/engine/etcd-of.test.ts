import {expect, test} from 'vitest'
import {etcdOf} from '../../src/engine/cluster/etcd-of.ts'
import {PKI_DIR} from '../../src/domain/paths.ts'
import {NEVER} from './sample-run.ts'
import {scratchHosts} from './scratch-host.ts'

const scratch = scratchHosts()
const MANIFESTS = '/etc/kubernetes/manifests'

const refusal = (servers: string, files: Readonly<Record<string, string>> = {}): Promise<unknown> => {
  const vm = scratch()
  vm.write(`${MANIFESTS}/kube-apiserver.yaml`, `    - --etcd-servers=${servers}\n`)
  for (const [path, text] of Object.entries(files)) vm.write(path, text)
  return etcdOf(vm.host, PKI_DIR, NEVER).catch((error: unknown) => error)
}

const LOST = {code: 'connect', message: 'cannot read the certificates of etcd'}

test.each([
  ['runs outside the cluster', 'https://10.0.0.31:2379'],
  ['runs outside the cluster, at an IPv6 address', 'https://[fd00::31]:2379'],
])('an etcd that %s is called so', async (_, servers) => {
  const message = expect.stringContaining('runs outside of it') as string
  expect(await refusal(servers)).toMatchObject({code: 'config', message})
})

test.each([
  ['lost its manifest', 'https://127.0.0.1:2379', {}],
  ['lost its certificates', 'https://10.0.0.10:2379', {[`${MANIFESTS}/etcd.yaml`]: 'x'}],
])('an etcd of kadm that %s is not called one outside the cluster', async (_, servers, files) => {
  expect(await refusal(servers, files)).toMatchObject(LOST)
})
