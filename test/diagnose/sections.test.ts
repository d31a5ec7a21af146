import {createServer, type Server} from 'node:net'
import {afterEach, describe, expect, test} from 'vitest'
import {certificatesSection} from '../../src/facts/evidence/certificates.ts'
import {joinSection} from '../../src/facts/evidence/join.ts'
import {podNetworkSection} from '../../src/facts/evidence/network.ts'
import {
  apiProbeSection,
  apiSections,
  flagsSection,
  kubeletHealthSection,
  readyzSection,
} from '../../src/facts/evidence/probes.ts'
import type {Section} from '../../src/facts/section.ts'
import {authority, leaf} from '../kube/fake-api.ts'
import {workbenches} from '../resources/shell-runner.ts'
import {put, read} from './section-bench.ts'

const bench = workbenches()

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})
/** Answers every connection with the same text; gives its port. */
const listening = (answer: string): Promise<number> =>
  new Promise(resolve => {
    const server = createServer(socket => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end(answer))
    })
    servers.push(server)
    server.listen(0, '127.0.0.1', () => {
      const place = server.address()
      resolve(typeof place === 'object' && place !== null ? place.port : 0)
    })
  })

describe('what the sections find', () => {
  test('the kubelet by its own health', async () => {
    const on = bench()
    put(on, '/var/lib/kubelet/config.yaml', `healthzPort: ${String(await listening('HTTP/1.0 200 OK\r\n\r\nok'))}\n`)
    expect(await read(on, kubeletHealthSection)).toBe(true)

    put(on, '/var/lib/kubelet/config.yaml', `healthzPort: ${String(await listening('HTTP/1.0 500 Bad\r\n\r\nno'))}\n`)
    expect(await read(on, kubeletHealthSection)).toBe(false)

    put(on, '/var/lib/kubelet/config.yaml', 'healthzPort: 1\n')
    expect(await read(on, kubeletHealthSection)).toBe(false)
  })

  test('the node as the API has it, the port, and the words of a refusal', async () => {
    const on = bench()
    const port = await listening('')
    put(on, '/etc/kubernetes/kubelet.conf', `clusters:\n- cluster:\n    server: https://127.0.0.1:${String(port)}\n`)
    put(
      on,
      '/var/lib/kubelet/kubeadm-flags.env',
      'KUBELET_KUBEADM_ARGS="--hostname-override=worker-1 --node-ip=10.0.0.1"\n',
    )
    on.stub(
      'kubectl',
      `printf '%s\\n' '{"kind":"Node","spec":{"podCIDRs":["10.244.1.0/24"]},"status":{"conditions":[{"type":"Ready","status":"True","message":"a warning"}]}}'`,
    )
    expect(await read(on, apiProbeSection)).toMatchObject({
      node: 'worker-1',
      answered: true,
      error: '',
      port: 'open',
      state: {podRanges: ['10.244.1.0/24'], conditions: [{type: 'Ready', status: 'True'}]},
    })

    on.stub('kubectl', `echo 'Error from server (NotFound): nodes "worker-1" not found' >&2; exit 1`)
    put(on, '/etc/kubernetes/kubelet.conf', 'clusters:\n- cluster:\n    server: https://127.0.0.1:1\n')
    expect(await read(on, apiProbeSection)).toMatchObject({
      answered: false,
      error: 'Error from server (NotFound): nodes "worker-1" not found',
      port: 'refused',
      state: undefined,
    })
  })

  test('configurations of networks in the order in which they count, with their programs and addresses', async () => {
    const on = bench()
    const conf = (name: string, type: string): string =>
      JSON.stringify({name, plugins: [{type, ipam: {type: 'host-local'}}, {type: 'portmap'}]}, null, 2)
    put(on, '/etc/cni/net.d/10-containerd-net.conflist', conf('kadm-pods', 'bridge'))
    put(on, '/etc/cni/net.d/05-cilium.conflist', conf('cilium', 'cilium-cni'))
    put(on, '/etc/cni/net.d/README', 'no configuration')
    put(on, '/var/lib/cni/networks/kadm-pods/10.244.1.7', 'id')
    put(on, '/var/lib/cni/networks/kadm-pods/last_reserved_ip.0', '10.244.1.7')
    put(on, '/run/flannel/subnet.env', 'FLANNEL_SUBNET=10.244.1.1/24\n')

    expect(await read(on, podNetworkSection)).toMatchObject({
      cniConfigs: [
        {
          file: '05-cilium.conflist',
          network: 'cilium',
          plugins: expect.arrayContaining(['cilium-cni', 'portmap']) as unknown,
        },
        {file: '10-containerd-net.conflist', network: 'kadm-pods'},
      ],
      podAddresses: [{network: 'kadm-pods', address: '10.244.1.7'}],
      flannelSubnet: '10.244.1.1/24',
      localhostResolves: true,
    })
  })

  test('every file of the folder of static pods, whatever its ending, with its pod', async () => {
    const on = bench()
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    name: other\n  name: kube-apiserver\nspec:\n  containers:\n  - image: registry.k8s.io/x:1\n    command:\n    - kube-apiserver\n    - --etcd-servers=https://127.0.0.1:2379\n'
    put(on, '/etc/kubernetes/manifests/kube-apiserver.yaml', pod)
    put(on, '/etc/kubernetes/manifests/kube-apiserver.yaml.bak', pod)
    put(on, '/etc/kubernetes/manifests/.hidden', pod)

    const {manifests, controlPlane} = await read(on, joinSection)
    expect(manifests.map(({file, pod: name, image}) => [file, name, image])).toEqual([
      ['kube-apiserver.yaml', 'kube-apiserver', 'registry.k8s.io/x:1'],
      ['kube-apiserver.yaml.bak', 'kube-apiserver', 'registry.k8s.io/x:1'],
    ])
    expect(manifests[0]?.changedAt).toBeGreaterThan(1_700_000_000)
    expect(controlPlane.etcdServers).toBe('https://127.0.0.1:2379')
  })

  test('flags by name and place, never their values', async () => {
    const on = bench()
    put(on, '/etc/default/kubelet', '# --old\nKUBELET_EXTRA_ARGS="--node-ip=10.0.0.1 --password=hunter22"\n')
    put(on, '/etc/kubernetes/manifests/etcd.yaml', '    - etcd\n    - --data-dir=/var/lib/etcd\n')

    expect(await read(on, flagsSection)).toEqual([
      {place: '/etc/default/kubelet', name: '--node-ip'},
      {place: '/etc/default/kubelet', name: '--password'},
      {place: '/etc/kubernetes/manifests/etcd.yaml', name: '--data-dir'},
    ])
  })

  test('an authority that is being replaced has two certificates, and either may have signed', async () => {
    const on = bench()
    const [old, young, stranger] = await Promise.all([authority(), authority(), authority()])
    const {cert} = await leaf(young, 'kube-apiserver')
    const own = '/etc/kubernetes/pki/apiserver.crt'
    const isSigned = async (): Promise<boolean | undefined> =>
      (await read(on, certificatesSection)).find(({path}) => path === own)?.isSignedByItsCa
    put(on, own, cert)

    put(on, '/etc/kubernetes/pki/ca.crt', `${old.certPem}${young.certPem}`)
    expect(await isSigned()).toBe(true)

    put(on, '/etc/kubernetes/pki/ca.crt', `${old.certPem}${stranger.certPem}`)
    expect(await isSigned()).toBe(false)

    put(on, own, `${cert}${stranger.certPem}`)
    expect(await isSigned()).toBeUndefined()
  })

  test('what the API server misses, asked beside the node, is a section of its own; secrets in errors are taken out', async () => {
    const on = bench()
    put(on, '/etc/kubernetes/kubelet.conf', 'clusters:\n- cluster:\n    server: https://127.0.0.1:1\n')
    put(on, '/etc/kubernetes/admin.conf', 'x')
    on.stub(
      'kubectl',
      `case "$*" in *readyz*) sleep 1; echo '[-]etcd failed: reason withheld';; *) sleep 1; echo 'Get "https://me:hunter22@proxy:3128": refused' >&2; exit 1;; esac`,
    )
    const text: Section<string> = {...apiSections, parse: said => said}

    const began = performance.now()
    const [probe = '', readyz = ''] = (await read(on, text)).split('\x1ereadyz\n')

    expect(performance.now() - began).toBeLessThan(1_900)
    expect(apiSections.parse(probe)?.error).toBe('Get "https://me:[secret]@proxy:3128": refused')
    expect(readyzSection.parse(readyz)).toEqual(['etcd'])
  })

  test('no certificate where the file does not exist', async () => {
    const on = bench()
    put(on, '/etc/kubernetes/pki/apiserver.crt', 'not a certificate')

    expect(await read(on, certificatesSection)).toEqual([])
  })
})
