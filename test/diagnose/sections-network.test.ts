import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import {mkdirSync, symlinkSync} from 'node:fs'
import {dirname} from 'node:path'
import {describe, expect, test} from 'vitest'
import {dnsForwardsSection} from '../../src/facts/evidence/dns.ts'
import {filesSection} from '../../src/facts/evidence/files.ts'
import {joinSection} from '../../src/facts/evidence/join.ts'
import {containersSection} from '../../src/facts/evidence/logs.ts'
import {podNetworkSection} from '../../src/facts/evidence/network.ts'
import {peersSection} from '../../src/facts/evidence/probes.ts'
import {workbenches, type Workbench} from '../resources/shell-runner.ts'
import {put, read} from './section-bench.ts'

const bench = workbenches()

describe('what the sections find of links, other nodes and long lists', () => {
  test('other nodes from the tables of the tunnel', async () => {
    const on = bench()
    on.stub('bridge', `echo 'aa:bb:cc:00:00:01 dst 127.0.0.1 self permanent'`)
    on.stub(
      'ip',
      `case $2 in neigh) echo '127.0.0.2 lladdr aa:bb:cc:00:00:01 PERMANENT';; *) echo '127.0.0.2 dev flannel.1 src 10.244.0.0';; esac`,
    )
    on.stub('ping', 'exit 1')

    expect(await read(on, peersSection)).toEqual([
      {address: '127.0.0.1', podAddress: '127.0.0.2', kubeletPort: 'refused', tunnel: true, isRouted: true},
    ])
  })

  test('the silence of a tunnel tells nothing where a firewall keeps what is for the node itself', async () => {
    const on = bench()
    on.stub('bridge', `echo 'aa:bb:cc:00:00:01 dst 127.0.0.1 self permanent'`)
    on.stub('ip', `echo '10.244.1.0 lladdr aa:bb:cc:00:00:01 PERMANENT'`)
    on.stub('ping', 'exit 1')
    on.stub('bash', 'exit 1')
    const tunnel = async (): Promise<unknown> => (await read(on, peersSection)).map(peer => peer.tunnel)

    expect(await tunnel()).toEqual([false])
    put(on, '/etc/systemd/system/kadm-firewall.service', '')
    expect(await tunnel()).toEqual([undefined])
  })

  test('whether the links of the pod network are there and up', async () => {
    const on = bench()
    const links = async (): Promise<readonly unknown[]> => {
      const {tunnel, isBridgeDown} = await read(on, podNetworkSection)
      return [tunnel, isBridgeDown]
    }

    expect(await links()).toEqual(['no', false])
    put(on, '/sys/class/net/flannel.1/flags', '0x1003\n')
    put(on, '/sys/class/net/cni0/flags', '0x1003\n')
    expect(await links()).toEqual(['yes', false])
    put(on, '/sys/class/net/flannel.1/flags', '0x1002\n')
    put(on, '/sys/class/net/cni0/flags', '0x1002\n')
    expect(await links()).toEqual(['down', true])
  })

  test('the logs of the control plane before those of anybody else', async () => {
    const on = bench()
    const line = '2026-11-24T06:29:56.082332000Z stderr F E1124 06:29:56.0 1 x.go:1] lost\n'
    const log = (pod: string, container: string): void => {
      const file = `/var/log/pods/kube-system_${pod}_0a/${container}/0.log`
      put(on, file, line)
      const link = `${on.root}/var/log/containers/${pod}_kube-system_${container}-${'a'.repeat(64)}.log`
      mkdirSync(dirname(link), {recursive: true})
      symlinkSync(on.root + file, link)
    }
    for (let i = 0; i < 50; i++) log(`addon-${String(i).padStart(2, '0')}`, 'agent')
    for (const name of ['etcd', 'kube-scheduler', 'coredns']) log(`${name}-master`, name)

    const names = (await read(on, containersSection))(undefined).map(({name}) => name)

    expect(names.filter(name => name !== 'agent')).toEqual(['etcd', 'kube-scheduler', 'coredns'])
    expect(names.length).toBe(40)
  })

  test('the manifests of the control plane before any number of other files, and each once', async () => {
    const on = bench()
    const pod = (name: string): string => `metadata:\n  name: ${name}\n`
    for (let i = 0; i < 90; i++) put(on, `/etc/kubernetes/manifests/backup-${String(i)}`, pod('etcd'))
    for (const name of ['etcd', 'kube-scheduler']) put(on, `/etc/kubernetes/manifests/${name}.yaml`, pod(name))

    const {manifests} = await read(on, joinSection)

    expect(manifests.slice(0, 2).map(({file}) => file)).toEqual(['etcd.yaml', 'kube-scheduler.yaml'])
    expect([manifests.length, new Set(manifests.map(({file}) => file)).size]).toEqual([60, 60])
  })
})

describe('the name servers that CoreDNS of this machine asks', () => {
  const corefile = (on: Workbench, forward: string): void => {
    put(
      on,
      '/var/lib/kubelet/pods/0a/volumes/kubernetes.io~configmap/config-volume/Corefile',
      `.:53 {\n    errors\n    forward ${forward} {\n       max_concurrent 1000\n    }\n}\n`,
    )
  }

  test('are tried by their addresses', async () => {
    const on = bench()
    const server = createSocket('udp4')
    server.on('message', (_, from) => {
      server.send('answer', from.port, from.address)
    })
    server.bind(0, '127.0.0.1')
    await once(server, 'listening')
    const {port} = server.address()
    corefile(on, `. 127.0.0.1:${String(port)} dns://127.0.0.1:9`)

    const found = await read(on, dnsForwardsSection)
    server.close()

    expect(found.toSorted((a, b) => a.address.localeCompare(b.address))).toEqual(
      [
        {address: '127.0.0.1:9', answered: false},
        {address: `127.0.0.1:${String(port)}`, answered: true},
      ].toSorted((a, b) => a.address.localeCompare(b.address)),
    )
  })

  test.each(['. /etc/resolv.conf', '. tls://9.9.9.9', 'example.org 192.0.2.1'])('are none in %s', async forward => {
    const on = bench()
    corefile(on, forward)

    expect(await read(on, dnsForwardsSection)).toEqual([])
  })
})

test('files that a static pod or the kubelet must read and that do not exist', async () => {
  const on = bench()
  put(on, '/etc/kubernetes/pki/ca.crt', 'x')
  put(on, '/etc/kubernetes/pki/sa.pub', '')
  put(
    on,
    '/etc/kubernetes/manifests/kube-apiserver.yaml',
    [
      `    - --client-ca-file=${on.root}/etc/kubernetes/pki/ca.crt`,
      `    - "--etcd-cafile=${on.root}/etc/kubernetes/pki/etcd/ca.crt"`,
      `    - --service-account-key-file=${on.root}/etc/kubernetes/pki/sa.pub`,
      `    # - --old=${on.root}/etc/kubernetes/pki/old.crt`,
      '      path: /etc/kubernetes/pki',
    ].join('\n'),
  )
  put(
    on,
    '/var/lib/kubelet/config.yaml',
    `authentication:\n  x509:\n    clientCAFile: ${on.root}/etc/kubernetes/pki/other.crt\n`,
  )

  const found = await read(on, filesSection)

  expect(found).toEqual([
    {path: '/etc/kubernetes/pki/etcd/ca.crt', namedIn: '/etc/kubernetes/manifests/kube-apiserver.yaml'},
    {path: '/etc/kubernetes/pki/sa.pub', namedIn: '/etc/kubernetes/manifests/kube-apiserver.yaml'},
    {path: '/etc/kubernetes/pki/other.crt', namedIn: '/var/lib/kubelet/config.yaml'},
  ])
})
