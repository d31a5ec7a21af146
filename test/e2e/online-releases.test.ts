import {readFile} from 'node:fs/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {DEFAULT_VERSION, NODE_TOOLS} from '../../src/domain/releases.ts'
import {addressIn} from '../../src/lab/network/subnet.ts'
import {forwardProxy, type ForwardProxy} from './forward-proxy.ts'
import {packageMirror, type PackageMirror} from './package-mirror.ts'
import {privateRegistry, type PrivateRegistry} from './private-registry.ts'
import type {KadmAnswer} from './run-kadm.ts'
import {differences, snapshot, type Explained, type Snapshot} from './snapshot.ts'
import {testLab, type TestLab} from './test-lab.ts'
import {changedIn, errorsIn} from './told.ts'

const RELEASE = DEFAULT_VERSION.replace('v', '')
const CONTAINERD = `containerd-${NODE_TOOLS.containerd.slice(1)}`
const [APT, OF_CONTAINERD, OF_KUBELET] = [
  '/etc/apt/apt.conf.d/95kadm-proxy',
  '/etc/systemd/system/containerd.service.d/20-kadm-proxy.conf',
  '/etc/systemd/system/kubelet.service.d/20-kadm-proxy.conf',
]
const CERTS = '/etc/containerd/certs.d'
/** A server that only the proxy knows. */
const OUTSIDE = 'http://mirror.example.com'

/** dpkg and apt keep records of their own work, and are no worse for it. */
const RECORDS: readonly Explained[] = [
  {
    line: /\/var\/lib\/dpkg\/(status|available|lock|triggers|diversions|statoverride|info)/,
    because: "dpkg's own records",
  },
  {line: /\/var\/lib\/apt\//, because: "apt's own records and the lists of the distribution"},
  {line: /\/var\/log\/apt/, because: 'logs of the package manager'},
]

interface Changes {
  /** Base of packages and archives; the mirror's own address by default. */
  readonly from?: string
  readonly sha256?: Readonly<Record<string, string>>
  /** Further lines of `source`. */
  readonly images?: string
  readonly more?: string
}

describe('a machine whose runtime comes from release archives', () => {
  let lab: TestLab
  let mirror: PackageMirror
  let registry: PrivateRegistry
  let proxy: ForwardProxy
  let before: Snapshot

  const servers: {readonly close: () => Promise<void>}[] = []
  beforeAll(async () => {
    lab = await testLab('e2e-releases', ['one'])
    const here = addressIn(lab.lab.subnet, 1)
    mirror = await packageMirror(lab.bundleDir, here, RELEASE)
    servers.push(mirror)
    registry = await privateRegistry(here, mirror.images)
    servers.push(registry)
    proxy = await forwardProxy(here, mirror.registry)
    servers.push(proxy)
    await lab.write('ca.pem', registry.caPem)
    await lab.write('mirror.asc', await readFile(mirror.keyFile, 'utf8'))
    const sources = `deb [trusted=yes] ${mirror.distribution} /\n`
    await lab.must('one', 'sudo sh -c "rm -rf /etc/apt/sources.list.d/*; cat >/etc/apt/sources.list"', sources)
    before = await snapshot(lab, 'one')
  })
  afterAll(async () => {
    try {
      await Promise.all(servers.map(server => server.close()))
    } finally {
      await lab.down()
    }
  })

  const apply = async (changes: Changes, ...only: readonly string[]): Promise<KadmAnswer> => {
    const {from = mirror.origin, sha256 = mirror.archives.sha256, images = '', more = ''} = changes
    const file = await lab.write(
      'kadm.yaml',
      `apiVersion: kadm/v1
kind: Cluster
hosts:
- {name: one, role: control-plane, ssh: ${lab.target('one')}}
source:
  kind: online
  packages: {url: "${from}/kubernetes/", keyFile: mirror.asc, keyFingerprint: ${mirror.fingerprint}}
  archives: {url: "${from}/github", sha256: ${JSON.stringify(sha256)}}
${images}${more}`,
    )
    return lab.kadm(['apply', '-f', file, '--json', ...only.flatMap(phase => ['--only', phase])])
  }
  const runtime = (changes: Changes = {}): Promise<KadmAnswer> => apply(changes, 'prepare/runtime')
  const images = (changes: Changes): Promise<KadmAnswer> => apply(changes, 'prepare/runtime', 'control-plane-images')
  const told = ({events}: KadmAnswer): string =>
    errorsIn(events)
      .map(({message}) => message)
      .join('\n')
  const progress = ({events}: KadmAnswer): readonly unknown[] =>
    events.filter(({type}) => type === 'phase-progress').map(event => event['message'])
  const programs = (): Promise<string> => lab.must('one', 'ls /usr/local/bin /usr/local/sbin | grep -v "^/\\|^$"; true')

  it('gets nothing from an archive that was altered', async () => {
    mirror.archives.be('alters')

    const answer = await runtime()

    expect(answer.code).toBe(5)
    expect(told(answer)).toMatch(
      /could not fetch containerd-.*: what http:\S+ gives is not what its publisher has: sha256 is [0-9a-f]{64}, should be /,
    )
    expect(await programs()).toBe('')
  })

  it('does not wait for a server that wants to be left alone for an hour', async () => {
    mirror.archives.be({retryAfter: 3600})

    expect(told(await runtime())).toMatch(/could not fetch .*: its server asks for fewer requests \(429\), in 3600 s/)
    expect(await programs()).toBe('')
  })

  it('names the file that a mirror does not have', async () => {
    expect(told(await runtime({from: `${mirror.origin}/nothing`}))).toMatch(
      /could not fetch .*: there is nothing at http:\S+\/nothing\/github\S+ \(404\); a mirror is named in source\.archives\.url/,
    )
  })

  it('reports that the server is not reachable', async () => {
    expect(told(await runtime({from: `http://${addressIn(lab.lab.subnet, 1)}:1`}))).toMatch(
      /could not fetch .*: this host cannot reach http:\S+; see its network and proxy, or use --bundle/,
    )
  })

  it('keeps what came before the server died, and nothing else', async () => {
    mirror.archives.be('dies-half-way')

    const answer = await runtime()

    expect(told(answer)).toMatch(/could not fetch containerd-.*: http:\S+ broke off/)
    expect(progress(answer)).toContain(`resuming the download of ${CONTAINERD}-linux-amd64.tar.gz`)
    expect(await programs()).toBe('')
    expect(await lab.must('one', 'sudo ls /var/lib/kadm/stage')).toMatch(/^[0-9a-f]{64}\.part$/m)
  })

  it('continues from there in the next run, and runs what arrived', async () => {
    mirror.archives.be('serves')

    const answer = await runtime()

    expect(answer).toMatchObject({code: 0})
    expect(mirror.archives.ranges.at(-1)).toMatch(/^bytes=[1-9]\d+-$/)
    expect((await programs()).split('\n')).toEqual(['containerd', 'containerd-shim-runc-v2', 'ctr', 'runc'])
    expect(await lab.must('one', 'systemctl is-active containerd; systemctl is-enabled containerd')).toBe(
      'active\nenabled',
    )
    expect(await lab.must('one', 'sudo ctr version')).toContain(NODE_TOOLS.containerd)
    expect(await lab.must('one', 'sudo ls -A /var/lib/kadm')).not.toContain('stage')
  })

  it('is not changed by a second run, which fetches nothing', async () => {
    const asked = mirror.asked.length

    const answer = await runtime()

    expect(answer).toMatchObject({code: 0})
    expect(changedIn(answer.events)).toEqual([])
    expect(mirror.asked.slice(asked)).toEqual([])
  })

  it('gets back what was altered there, by apt where there is no curl', async () => {
    await lab.must('one', 'sudo mv /usr/bin/curl /usr/bin/curl.away; echo altered | sudo tee /usr/local/sbin/runc')
    try {
      const answer = await runtime()

      expect(answer).toMatchObject({code: 0})
      expect(answer.events.filter(({type}) => type === 'changed')).toMatchObject([
        {resource: 'release:runc', what: '/usr/local/sbin/runc was changed'},
      ])
      expect(await lab.must('one', '/usr/local/sbin/runc --version')).toContain('runc version')
    } finally {
      await lab.must('one', 'sudo mv /usr/bin/curl.away /usr/bin/curl')
    }
  })

  const mirrored = (ca = ''): string => `  images: [{registry: registry.k8s.io, mirror: "${registry.url}"${ca}}]\n`

  it('does not pull from a mirror whose authority it does not know', async () => {
    expect(told(await images({images: mirrored()}))).toMatch(
      /could not pull registry\.k8s\.io\/.*: the certificate of its registry is not trusted by this host; a mirror's authority is named in source\.images/,
    )
  })

  it('is named when the mirror breaks off in the middle of an image', async () => {
    mirror.images.be('dies-half-way')

    expect(told(await images({images: mirrored(', caFile: ca.pem')}))).toMatch(
      /could not pull .*: its registry broke off/,
    )
    expect(await lab.must('one', 'sudo ctr -n k8s.io images ls -q')).toBe('')
  })

  it('comes again when the mirror says', async () => {
    mirror.images.be({retryAfter: 11})
    setTimeout(() => mirror.images.be('serves'), 20_000)

    const answer = await images({images: mirrored(', caFile: ca.pem')})

    expect(answer).toMatchObject({code: 0})
    expect(progress(answer)).toContainEqual(
      expect.stringMatching(/^waits 11 s to pull registry\.k8s\.io\/\S+ again: its registry asks for fewer requests/),
    )
    expect(registry.asked).toContainEqual(expect.stringMatching(/^\/v2\/kube-apiserver\//))
    expect((await lab.must('one', 'sudo ctr -n k8s.io images ls -q | grep -c ^registry.k8s.io')).trim()).toBe('5')
  })

  it('is pulled for by ctr too, as the mirror says', async () => {
    const ref = 'registry.k8s.io/something:1'

    await lab.must('one', `sudo ctr -n k8s.io images pull --hosts-dir ${CERTS} ${ref} >/dev/null`)

    expect(registry.asked).toContainEqual(expect.stringMatching(/^\/v2\/something\/manifests\/1/))
    await lab.must('one', `sudo ctr -n k8s.io images rm ${ref}`)
  })

  const byProxy = (): Changes => ({
    from: OUTSIDE,
    images: `${mirrored(', caFile: ca.pem').trimEnd().slice(0, -1)}, {registry: ghcr.io, mirror: "${OUTSIDE}"}]\n`,
    more: `imageRepository: ghcr.io/k8s
proxy: {http: "${proxy.url}", https: "${proxy.url}", noProxy: [.corp]}\n`,
  })

  it('reaches what is outside by the proxy: packages, and images by a runtime that is configured for it', async () => {
    const since = await lab.must('one', 'systemctl show -p ExecMainStartTimestampMonotonic --value containerd')

    const answer = await apply(byProxy(), 'prepare', 'control-plane-images')

    expect(answer).toMatchObject({code: 0})
    expect(proxy.asked).toContain(`GET ${OUTSIDE}/kubernetes/InRelease`)
    expect(proxy.asked).toContainEqual(
      expect.stringMatching(/^(GET|HEAD) http:\/\/mirror\.example\.com\/v2\/k8s\/pause\/manifests\//),
    )
    expect(await lab.must('one', 'systemctl show -p ExecMainStartTimestampMonotonic --value containerd')).not.toBe(
      since,
    )
    expect(await lab.must('one', `dpkg-query -W -f '\${Version}' kubelet`)).toBe(`${RELEASE}-1.1`)
  })

  it('reaches what is inside without it', async () => {
    const network = `${lab.address('one').replace(/\d+$/, '0')}/24`
    const list = `localhost,127.0.0.1,::1,${network},10.244.0.0/16,10.96.0.0/12,.svc,.cluster.local,.corp`

    expect(await lab.must('one', 'systemctl show -p Environment containerd')).toContain(`NO_PROXY=${list}`)
    expect(await lab.must('one', `cat ${OF_KUBELET}`)).toContain(`NO_PROXY=${list}`)
    const asked = proxy.asked.length
    await lab.must('one', `sudo ctr -n k8s.io images pull --hosts-dir ${CERTS} registry.k8s.io/y:1 >/dev/null`)
    expect(proxy.asked.slice(asked)).toEqual([])
    await lab.must('one', 'sudo ctr -n k8s.io images rm registry.k8s.io/y:1')
  })

  it('is not changed by a second run with the proxy', async () => {
    expect(changedIn((await apply(byProxy(), 'prepare')).events)).toEqual([])
  })

  it('forgets the proxy when the file does', async () => {
    const answer = await apply({images: mirrored(', caFile: ca.pem')}, 'prepare')

    expect(answer).toMatchObject({code: 0})
    expect(changedIn(answer.events)).toEqual(
      expect.arrayContaining([`one absent:${APT}`, `one absent:${OF_CONTAINERD}`, `one absent:${OF_KUBELET}`]),
    )
    expect(await lab.must('one', 'systemctl show -p Environment containerd')).toBe('Environment=')
  })

  it('is as it was before after a reset', async () => {
    await apply(byProxy(), 'prepare')

    const answer = await lab.kadmDone(['reset', lab.target('one'), '--yes', '--json'])

    expect(answer.events.filter(({type}) => type === 'warning')).toEqual([])
    expect(differences(before, await snapshot(lab, 'one'), RECORDS)).toEqual([])
  })
})
