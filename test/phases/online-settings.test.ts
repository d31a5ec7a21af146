import {describe, expect, test} from 'vitest'
import type {Cluster} from '../../src/domain/cluster.ts'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import {controlPlaneImagesPhase} from '../../src/phases/cluster/images.ts'
import {kubeletInstallPhase} from '../../src/phases/host/kubelet-install.ts'
import {kubeletStartPhase} from '../../src/phases/control-plane/kubelet-start.ts'
import type {Phase, PhaseContext} from '../../src/phases/phase.ts'
import {APT_PROXY, proxyPhase} from '../../src/phases/host/proxy.ts'
import {runtimePhase} from '../../src/phases/host/runtime.ts'
import {sampleCluster, sampleFacts} from './preflight/sample.ts'
import {sampleContext} from './sample-context.ts'

const templates = readTemplates()
const CA = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
const MIRRORED: Cluster['source'] = {
  kind: 'online',
  packages: {url: 'http://10.0.0.9:8080/deb/'},
  images: [
    {registry: 'registry.k8s.io', url: 'https://10.0.0.9:5000', ca: {path: 'ca.pem', pem: CA}},
    {registry: 'ghcr.io', url: 'http://mirror.lan/github/'},
  ],
}
const PROXY = {http: 'http://proxy.lan:3128', https: 'http://proxy.lan:3129', noProxy: ['files.example.com', '.corp']}

const online = (changes: Partial<Cluster>): PhaseContext =>
  sampleContext(templates, {on: 'master', bundle: undefined, cluster: sampleCluster(changes)})
const contentOf = (phase: Phase, context: PhaseContext, path: string): unknown =>
  phase.resources?.(context).flatMap(one => (one.kind === 'file' && one.path === path ? [one.content] : []))[0]
const resource = (phase: Phase, context: PhaseContext, id: string) =>
  phase.resources?.(context).find(one => one.id === id)

describe('mirrors of images', () => {
  test('are the one place containerd pulls from, with their authority', () => {
    const context = online({source: MIRRORED})
    const folder = '/etc/containerd/certs.d'

    expect(contentOf(runtimePhase, context, `${folder}/registry.k8s.io/hosts.toml`)).toBe(`# Written by kadm.
server = "https://10.0.0.9:5000"
capabilities = ["pull", "resolve"]
ca = "/etc/containerd/certs.d/registry.k8s.io/ca.crt"
`)
    expect(contentOf(runtimePhase, context, `${folder}/registry.k8s.io/ca.crt`)).toBe(CA)
  })

  test('may have a folder for each registry', () => {
    expect(contentOf(runtimePhase, online({source: MIRRORED}), '/etc/containerd/certs.d/ghcr.io/hosts.toml'))
      .toBe(`# Written by kadm.
server = "http://mirror.lan/v2/github"
capabilities = ["pull", "resolve"]
override_path = true
`)
  })

  test('are asked when an image is available again', () => {
    const set = (changes: Partial<Cluster>) =>
      resource(controlPlaneImagesPhase, online(changes), 'pulled-images:control-plane')

    expect(set({source: MIRRORED})).toMatchObject({
      manifests: {
        'registry.k8s.io/pause:3.10.2': {
          url: 'https://10.0.0.9:5000/v2/pause/manifests/3.10.2',
          caFile: '/etc/containerd/certs.d/registry.k8s.io/ca.crt',
        },
      },
    })
    expect(set({imageRepository: 'r.lan:5000/k8s'})).toMatchObject({
      manifests: {'r.lan:5000/k8s/etcd:3.7.0-0': {url: 'https://r.lan:5000/v2/k8s/etcd/manifests/3.7.0-0'}},
    })
  })
})

describe('a proxy', () => {
  const context = online({proxy: PROXY, source: MIRRORED})
  const NO_PROXY =
    'localhost,127.0.0.1,::1,192.168.56.0/24,10.0.0.9,mirror.lan,10.244.0.0/16,10.96.0.0/12,.svc,.cluster.local,files.example.com,.corp'

  test('is named to apt, which reaches mirrors inside without it', () => {
    expect(contentOf(proxyPhase, context, APT_PROXY)).toBe(`// Written by kadm.
Acquire::http::Proxy "http://proxy.lan:3128";
Acquire::http::Proxy::10.0.0.9 "DIRECT";
Acquire::http::Proxy::mirror.lan "DIRECT";
Acquire::http::Proxy::files.example.com "DIRECT";
Acquire::https::Proxy "http://proxy.lan:3129";
Acquire::https::Proxy::10.0.0.9 "DIRECT";
Acquire::https::Proxy::mirror.lan "DIRECT";
Acquire::https::Proxy::files.example.com "DIRECT";
`)
  })

  test('is named to the units of containerd and the kubelet, with what is inside', () => {
    const text = `# Written by kadm.
[Service]
Environment="HTTP_PROXY=http://proxy.lan:3128"
Environment="HTTPS_PROXY=http://proxy.lan:3129"
Environment="NO_PROXY=${NO_PROXY}"
`
    const folder = (unit: string): string => `/etc/systemd/system/${unit}.service.d/20-kadm-proxy.conf`

    expect(contentOf(runtimePhase, context, folder('containerd'))).toBe(text)
    expect(contentOf(kubeletInstallPhase, context, folder('kubelet'))).toBe(text)
    expect(resource(runtimePhase, context, 'unit:containerd.service')).toMatchObject({
      restartWhenNewer: expect.arrayContaining([folder('containerd')]) as unknown,
    })
    expect(resource(kubeletStartPhase, context, 'unit:kubelet.service')).toMatchObject({
      restartWhenNewer: expect.arrayContaining([folder('kubelet')]) as unknown,
    })
  })

  test('is taken by what the host fetches itself', () => {
    const environment = {HTTP_PROXY: PROXY.http, HTTPS_PROXY: PROXY.https, NO_PROXY}

    expect(resource(runtimePhase, context, 'release:runc')).toMatchObject({environment})
    expect(resource(controlPlaneImagesPhase, context, 'pulled-images:control-plane')).toMatchObject({environment})
  })

  test('that is no longer in the file is forgotten by all of them', () => {
    const file = {type: 'file', mode: '0644', owner: 'root', size: 1, sha256: undefined} as const
    const without = {...online({}), facts: sampleFacts(10, {files: {[APT_PROXY]: file}})}

    expect(proxyPhase.when?.(online({}))).toBe('the file sets no proxy')
    expect(proxyPhase.when?.(without)).toBe(true)
    expect(proxyPhase.resources?.(without)).toMatchObject([{kind: 'absent', path: APT_PROXY}])
  })
})
