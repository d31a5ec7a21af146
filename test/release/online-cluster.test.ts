import {readFile} from 'node:fs/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {DEFAULT_VERSION} from '../../src/domain/releases.ts'
import {addressIn} from '../../src/lab/network/subnet.ts'
import {bundleRegistry, type BundleRegistry} from '../e2e/bundle-registry.ts'
import {packageMirror, type PackageMirror} from '../e2e/package-mirror.ts'
import {privateRegistry, type PrivateRegistry} from '../e2e/private-registry.ts'
import {testLab, type TestLab} from '../e2e/test-lab.ts'
import {changedIn} from '../e2e/told.ts'

const RELEASE = DEFAULT_VERSION.replace('v', '')

describe('a cluster of machines without a bundle', () => {
  let lab: TestLab
  let mirror: PackageMirror
  let images: BundleRegistry
  let registry: PrivateRegistry

  const servers: {readonly close: () => Promise<void>}[] = []
  beforeAll(async () => {
    lab = await testLab('e2e-mirrors', ['master', 'worker'])
    const here = addressIn(lab.lab.subnet, 1)
    mirror = await packageMirror(lab.bundleDir, here, RELEASE)
    servers.push(mirror)
    images = await bundleRegistry(lab.bundleDir)
    servers.push(images)
    registry = await privateRegistry(here, images)
    servers.push(registry)
    await lab.write('ca.pem', registry.caPem)
    await lab.write('mirror.asc', await readFile(mirror.keyFile, 'utf8'))
    const sources = `deb [trusted=yes] ${mirror.distribution} /\n`
    for (const machine of ['master', 'worker'])
      await lab.must(machine, 'sudo sh -c "rm -rf /etc/apt/sources.list.d/*; cat >/etc/apt/sources.list"', sources)
    await lab.write(
      'kadm.yaml',
      `apiVersion: kadm/v1
kind: Cluster
hosts:
- {name: master, role: control-plane, ssh: ${lab.target('master')}}
- {name: worker, role: worker, ssh: ${lab.target('worker')}}
source:
  kind: online
  packages: {url: "${mirror.kubernetes}", keyFile: mirror.asc, keyFingerprint: ${mirror.fingerprint}}
  archives: {url: "${mirror.origin}/github", sha256: ${JSON.stringify(mirror.archives.sha256)}}
  images:
  - {registry: registry.k8s.io, mirror: "${registry.url}", caFile: ca.pem}
  - {registry: ghcr.io, mirror: "${registry.url}", caFile: ca.pem}
`,
    )
  })
  afterAll(async () => {
    try {
      await Promise.all(servers.map(server => server.close()))
    } finally {
      await lab.down()
    }
  })

  it('comes up from packages, release archives and images of mirrors alone', async () => {
    const {ms} = await lab.kadmDone(['apply', '-f', 'kadm.yaml', '--json'])
    console.log(`  apply without a bundle: ${(ms / 1000).toFixed(1)} s`)

    const nodes = await lab.must('master', 'kubectl get nodes --no-headers')
    expect(nodes).toMatch(/^master +Ready +control-plane .*\nworker +Ready +<none> /)
    expect(await lab.must('worker', "dpkg-query -W -f '\${Version}' kubelet; command -v containerd")).toBe(
      `${RELEASE}-1.1/usr/local/bin/containerd`,
    )
    expect(registry.asked).toContainEqual(expect.stringMatching(/^\/v2\/coredns\/coredns\/manifests\/.*ns=registry/))
    expect(registry.asked).toContainEqual(expect.stringMatching(/^\/v2\/flannel-io\/flannel\/manifests\/.*ns=ghcr/))
  })

  it('is not changed by a second run', async () => {
    expect(changedIn((await lab.kadmDone(['apply', '-f', 'kadm.yaml', '--json'])).events)).toEqual([])
  })

  it('works', async () => {
    const {ms} = await lab.kadmDone(['verify', lab.target('master')])
    console.log(`  verify: ${(ms / 1000).toFixed(1)} s`)
  })
})
