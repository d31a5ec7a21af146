import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {ADMIN_CONF, MANIFESTS_DIR} from '../../src/domain/paths.ts'
import {controlPlaneOn} from '../../src/engine/cluster/control-plane.ts'
import {kubeconfigYaml} from '../../src/manifests/kubeconfig.ts'
import {anAuthority} from '../resources/cluster-values.ts'
import {NEVER} from './sample-run.ts'
import {scratchHosts} from './scratch-host.ts'

const scratch = scratchHosts()

const adminConf = async (server: string): Promise<string> =>
  kubeconfigYaml({
    clusterName: 'demo',
    server,
    caPem: (await anAuthority()).certPem,
    user: 'kubernetes-admin',
    credentials: {kind: 'token', token: 'abc'},
  })

describe('the client of the administrator', () => {
  test('is opened once, and again when its kubeconfig was written', async () => {
    const vm = scratch()
    vm.write(ADMIN_CONF, await adminConf('https://10.0.0.10:6443'))
    const controlPlane = controlPlaneOn(vm.host, NEVER)

    const [one, two] = await Promise.all([controlPlane.api(), controlPlane.api()])
    expect(two).toBe(one)
    expect(vm.scripts).toHaveLength(1)

    vm.write(ADMIN_CONF, await adminConf('https://10.0.0.11:6443'))
    controlPlane.forget(ADMIN_CONF)
    expect((await controlPlane.api()).endpoint.host).toBe('10.0.0.11')
    await controlPlane.close()
  })

  test('dials the API server of its own host, whatever load balancer the kubeconfig names', async () => {
    const vm = scratch()
    const dialled: string[] = []
    const host = {
      ...vm.host,
      forward: (to: string, port: number) => {
        dialled.push(`${to}:${String(port)}`)
        return Promise.reject(new KadmError('connect', 'nobody listens'))
      },
    }
    vm.write(ADMIN_CONF, await adminConf('https://lb.example.org:443'))
    const note = 'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint'
    for (const quote of ['', '"']) {
      vm.write(
        `${MANIFESTS_DIR}/kube-apiserver.yaml`,
        `metadata:\n  annotations:\n    ${note}: ${quote}10.0.0.10:7443${quote}\n`,
      )
      const api = await controlPlaneOn(host, NEVER).api()
      await expect(api.getText('/readyz', {retryForMs: 0})).rejects.toThrow('not reachable')
    }
    expect(dialled).toStrictEqual(['10.0.0.10:7443', '10.0.0.10:7443'])
  })

  test('of a control plane that lost the file says which command writes it again, and is found when it did', async () => {
    const vm = scratch()
    vm.write(`${MANIFESTS_DIR}/kube-apiserver.yaml`, '')
    const controlPlane = controlPlaneOn(vm.host, NEVER)

    await expect(controlPlane.api()).rejects.toMatchObject({
      message: `${ADMIN_CONF} not found: this host is a control plane, but the file is gone`,
      hint: expect.stringContaining('kadm init') as string,
    })

    vm.write(ADMIN_CONF, await adminConf('https://10.0.0.10:6443'))
    expect((await controlPlane.api()).endpoint.host).toBe('10.0.0.10')
  })

  test('of a machine that never was one says so', async () => {
    const vm = scratch()

    await expect(controlPlaneOn(vm.host, NEVER).api()).rejects.toThrow(
      'not found: this host is not an initialized control plane',
    )
  })
})
