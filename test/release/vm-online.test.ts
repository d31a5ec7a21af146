import {readFile} from 'node:fs/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {DEFAULT_VERSION, NODE_TOOLS} from '../../src/domain/releases.ts'
import {labReboot} from '../../src/lab/run/lab-power.ts'
import {addressIn} from '../../src/lab/network/subnet.ts'
import {forwardProxy, type ForwardProxy} from '../e2e/forward-proxy.ts'
import {packageMirror, type PackageMirror} from '../e2e/package-mirror.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {changedIn} from '../e2e/told.ts'

const NAME = 'online-vm'
const RELEASE = DEFAULT_VERSION.replace('v', '')
/** A server that only the proxy knows. */
const OUTSIDE = 'http://mirror.example.com'

describe('a VM that reaches what is outside by a proxy only', () => {
  let lab: TestLab
  let mirror: PackageMirror
  let proxy: ForwardProxy
  const servers: {readonly close: () => Promise<void>}[] = []
  beforeAll(async () => {
    lab = await testLab(NAME, ['one'], {driver: 'qemu', vm: {cpus: 1, memoryMib: 1024}})
    const here = addressIn(lab.lab.subnet, 1)
    mirror = await packageMirror(lab.bundleDir, here, RELEASE)
    servers.push(mirror)
    proxy = await forwardProxy(here, mirror.registry)
    servers.push(proxy)
    await lab.write('mirror.asc', await readFile(mirror.keyFile, 'utf8'))
    const sources = `deb [trusted=yes] ${OUTSIDE}/debian/ /\n`
    await lab.must('one', 'sudo sh -c "rm -rf /etc/apt/sources.list.d/*; cat >/etc/apt/sources.list"', sources)
    await lab.write(
      'kadm.yaml',
      `apiVersion: kadm/v1
kind: Cluster
hosts:
- {name: one, role: control-plane, ssh: ${lab.target('one')}}
ignorePreflightErrors: [numcpu, mem]
source:
  kind: online
  packages: {url: "${OUTSIDE}/kubernetes/", keyFile: mirror.asc, keyFingerprint: ${mirror.fingerprint}}
  archives: {url: "${OUTSIDE}/github", sha256: ${JSON.stringify(mirror.archives.sha256)}}
proxy: {http: "${proxy.url}"}
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
  const apply = () => lab.kadmDone(['apply', '-f', 'kadm.yaml', '--only', 'prepare', '--json'])
  const runtime = (): Promise<string> =>
    lab.must(
      'one',
      "systemctl is-active containerd; sudo ctr version | sed -n 's/^ *Version: *//p'; systemctl show -p Environment containerd; " +
        "sudo containerd config dump | grep -o 'SystemdCgroup = .*'; apt-mark showhold",
    )

  it('gets its runtime as an archive and the rest as packages, held, all of it by the proxy', async () => {
    await measured('prepared by a proxy', apply)

    const said = await runtime()
    expect(said).toMatch(
      new RegExp(`^active\n${NODE_TOOLS.containerd}\n${NODE_TOOLS.containerd}\nEnvironment=HTTP_PROXY=`),
    )
    expect(said).toMatch(/NO_PROXY=localhost,\S+\nSystemdCgroup = true\nkubeadm\nkubectl\nkubelet$/)
    expect(proxy.asked).toContainEqual(expect.stringMatching(/^GET http:\/\/mirror\.example\.com\/github\/\S+\/runc\./))
    expect(proxy.asked).toContain(`GET ${OUTSIDE}/kubernetes/InRelease`)
  })

  it('is the same after a boot, and a second run changes nothing', async () => {
    const before = await runtime()

    await measured('boot', () => labReboot(NAME, ['one']))

    expect(await runtime()).toBe(before)
    // Nothing has used flannel's folder in /run so far, which is empty after a boot.
    expect(changedIn((await apply()).events).filter(one => !one.startsWith('one directory:/run/'))).toEqual([])
  })

  it('has nothing of it left after a reset', async () => {
    const {events} = await lab.kadmDone(['reset', lab.target('one'), '--yes', '--json'])

    expect(events.filter(({type}) => type === 'warning')).toEqual([])
    expect(
      await lab.must(
        'one',
        'ls -d /usr/local/bin/containerd /usr/local/sbin/runc /etc/apt/apt.conf.d/*kadm* /etc/systemd/system/containerd* /var/lib/kadm 2>/dev/null; apt-mark showhold; dpkg-query -W kubelet 2>/dev/null; true',
      ),
    ).toBe('')
  })
})
