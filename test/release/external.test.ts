import {execFileSync} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {stringify} from 'yaml'
import {KUBECTL} from '../e2e/make-by-kubeadm.ts'
import {differences, snapshot} from '../e2e/snapshot.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {changedIn, errorsIn} from '../e2e/told.ts'
import {makeOwnCas, OWN_CAS, signAll} from './own-ca.ts'
import {runOutsideEtcd} from './outside-etcd.ts'

const fileFor = (lab: TestLab, names: readonly string[], more: object = {}): string =>
  stringify({
    apiVersion: 'kadm/v1',
    kind: 'Cluster',
    kubernetesVersion: lab.lab.kubernetesVersion,
    ...more,
    hosts: names.map(name => ({
      name,
      role: name.startsWith('cp') ? 'control-plane' : 'worker',
      ssh: {address: lab.address(name), user: lab.target(name).split('@')[0]},
    })),
    source: {kind: 'bundle', path: lab.bundleDir},
  })

/** Copies a folder of the laptop into a folder of a machine, as root. */
const place = (lab: TestLab, machine: string, from: string, to: string): Promise<string> =>
  lab.must(
    machine,
    `sudo mkdir -p ${to} && sudo tar -x --no-same-owner --no-overwrite-dir -C ${to}`,
    Readable.from([execFileSync('tar', ['-c', '--exclude=*.csr', '-C', from, '.'])]),
  )

const notReady = `${KUBECTL} get nodes --no-headers | grep -vw Ready || :`

async function expectNoChanges(lab: TestLab, file: string): Promise<void> {
  const {events} = await measured('second apply', () => lab.kadm(['apply', '-f', file, '--json']))
  expect(errorsIn(events)).toEqual([])
  expect(changedIn(events)).toEqual([])
}

describe('a cluster whose CAs have their keys on the laptop only', () => {
  let lab: TestLab
  let cas: string
  const machines = ['cp-1', 'cp-2', 'worker']
  // Signed certificates name the endpoint, so it is there from the start.
  const endpoint = {controlPlaneEndpoint: 'api.kadm.internal:7443'}

  beforeAll(async () => {
    lab = await testLab('e2e-external-ca', machines)
    cas = join(lab.home, 'own-cas')
    await makeOwnCas(cas)
    await lab.write('kadm.yaml', fileFor(lab, ['cp-1', 'worker'], endpoint))
    await lab.write('two.yaml', fileFor(lab, machines, endpoint))
  })
  afterAll(() => lab.down())

  const keys = async (): Promise<string> => {
    const found = machines.map(machine => lab.must(machine, "sudo find / -xdev -name '*ca.key'"))
    return (await Promise.all(found)).join('').trim()
  }
  const refusal = async (file: string, machine: string): Promise<string> => {
    const before = await snapshot(lab, machine)
    const {code, stderr} = await lab.kadm(['apply', '-f', file])
    expect(code, stderr).toBe(3)
    expect(stderr).toContain('nothing was changed')
    expect(stderr).toContain('kadm certs csr')
    expect(differences(before, await snapshot(lab, machine))).toEqual([])
    return stderr
  }
  const sign = async (file: string, folder: string): Promise<readonly string[]> => {
    await lab.kadmDone(['certs', 'csr', folder, '-f', file])
    await signAll(cas, join(lab.home, folder))
    for (const machine of readdirSync(join(lab.home, folder)))
      await place(lab, machine, join(lab.home, folder, machine), '/etc/kubernetes')
    return readdirSync(join(lab.home, folder)).toSorted()
  }

  it('names all files that must be signed before it touches a machine', async () => {
    for (const name of OWN_CAS) {
      const path = `/etc/kubernetes/pki/${name}.crt`
      const from = execFileSync('cat', [join(cas, `${name}.crt`)]).toString()
      await lab.must('cp-1', `sudo mkdir -p $(dirname ${path}); sudo tee ${path} >/dev/null`, from)
    }
    const stderr = await refusal('kadm.yaml', 'cp-1')

    for (const file of ['pki/apiserver.crt', 'pki/etcd/peer.key', 'pki/front-proxy-client.crt', 'super-admin.conf'])
      expect(stderr).toContain(`/etc/kubernetes/${file}`)
    expect(stderr).toMatch(/worker: ExternalCA: .*: \/etc\/kubernetes\/kubelet\.conf$/m)
  })

  it('is made with what the CAs signed, and has no key of a CA on any machine', async () => {
    expect(await sign('kadm.yaml', 'requests')).toEqual(['cp-1', 'worker'])
    await measured('kadm apply', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))

    expect(await lab.must('cp-1', notReady)).toBe('')
    expect(await keys()).toBe('')
    await lab.kadmDone(['status', '-f', 'kadm.yaml'])
  })

  it('is not changed by a second apply', () => expectNoChanges(lab, 'kadm.yaml'))

  it('names what must be signed for a control plane that is added, and does not touch it', async () => {
    const stderr = await refusal('two.yaml', 'cp-2')

    expect(stderr).toContain('cp-2: ExternalCA')
    expect(stderr).not.toContain('super-admin.conf')
    expect(stderr).not.toContain('cp-1: ExternalCA')
  })

  it('gets the control plane with its own signed files', async () => {
    expect(await sign('two.yaml', 'more-requests')).toEqual(['cp-2'])
    await lab.must('cp-2', 'cd /etc/kubernetes; sudo cp pki/apiserver.crt /tmp; sudo cp pki/etcd/peer.crt pki/apiserver.crt')
    expect(await refusal('two.yaml', 'cp-2')).toMatch(/cp-2: apiserver: it does not name|cp-2: apiserver: its private key/)
    await lab.must('cp-2', 'sudo mv /tmp/apiserver.crt /etc/kubernetes/pki')
    await measured('kadm apply', () => lab.kadmDone(['apply', '-f', 'two.yaml']))

    expect(await lab.must('cp-2', notReady)).toBe('')
    expect(await keys()).toBe('')
    const {stdout} = await lab.kadmDone(['etcd', 'members', '-f', 'two.yaml'])
    expect(stdout).toContain('2 of 2 voting members answer')
    await lab.kadmDone(['status', '-f', 'two.yaml'])
    await expectNoChanges(lab, 'two.yaml')
  })
})

describe('a cluster whose etcd runs outside of it', () => {
  let lab: TestLab
  const pki = '/etc/kubernetes/pki'
  const stored = "sudo grep -c -a /registry/namespaces/kube-system /var/lib/outside/member/snap/db"

  beforeAll(async () => {
    lab = await testLab('e2e-external-etcd', ['cp-1', 'worker', 'etcd'])
    const folder = join(lab.home, 'etcd-files')
    await runOutsideEtcd(lab, 'etcd', folder)
    const external = {
      endpoints: [`https://${lab.address('etcd')}:2379`],
      caFile: `${pki}/etcd/ca.crt`,
      certFile: `${pki}/apiserver-etcd-client.crt`,
      keyFile: `${pki}/apiserver-etcd-client.key`,
    }
    const settings = {apiVersion: 'kubeadm.k8s.io/v1beta4', kind: 'ClusterConfiguration', etcd: {external}}
    await lab.write('kadm.yaml', `${fileFor(lab, ['cp-1', 'worker'])}---\n${stringify(settings)}`)
  })
  afterAll(() => lab.down())

  it('names the files for etcd that are missing before it touches a machine', async () => {
    const before = await snapshot(lab, 'cp-1')
    const {code, stderr} = await lab.kadm(['apply', '-f', 'kadm.yaml'])

    expect(code, stderr).toBe(3)
    expect(stderr).toContain(`cp-1: ExternalEtcdClientCertificates: needs these files`)
    expect(stderr).toContain(`${pki}/apiserver-etcd-client.key`)
    expect(differences(before, await snapshot(lab, 'cp-1'))).toEqual([])
  })

  it('is made in that etcd, and has no etcd of its own', async () => {
    const folder = join(lab.home, 'etcd-files')
    for (const [from, to] of [
      ['etcd/ca.crt', 'etcd/ca.crt'],
      ['client.crt', 'apiserver-etcd-client.crt'],
      ['client.key', 'apiserver-etcd-client.key'],
    ] as const) {
      const text = readFileSync(join(folder, from), 'utf8')
      await lab.must('cp-1', `sudo mkdir -p ${pki}/etcd; sudo install -m 600 /dev/stdin ${pki}/${to}`, text)
    }
    await measured('kadm apply', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))

    expect(await lab.must('cp-1', notReady)).toBe('')
    expect(await lab.must('cp-1', 'sudo ls /etc/kubernetes/manifests')).not.toContain('etcd')
    expect(await lab.must('cp-1', `${KUBECTL} get pods -A -o name`)).not.toContain('pod/etcd')
    expect((await lab.must('cp-1', 'sudo ls /var/lib/etcd 2>/dev/null || :')).trim()).toBe('')
    expect(Number(await lab.must('etcd', stored))).toBeGreaterThan(0)
  })

  it('is not changed by a second apply', () => expectNoChanges(lab, 'kadm.yaml'))

  it('is well by status, doctor and verify', async () => {
    await lab.kadmDone(['status', '-f', 'kadm.yaml'])
    const {stdout} = await lab.kadm(['doctor', '-f', 'kadm.yaml', '--json'])
    // The machines of a lab have a name server that answers nothing.
    const found = [...stdout.matchAll(/"name":"([\w-]+)","cause"/g)].map(([, name]) => name)
    expect(found.filter(name => name !== 'dns-upstream')).toEqual([])
    await measured('kadm verify', () => lab.kadmDone(['verify', '-f', 'kadm.yaml', '--quick']))
  })

  it.each([[['etcd', 'members']], [['etcd', 'status']], [['etcd', 'backup', 'x.db']], [['backup', 'x.backup']]])(
    'says that its etcd is not looked after: kadm %j',
    async command => {
      const {code, stderr} = await lab.kadm([...command, '-f', 'kadm.yaml'])
      expect(stderr).toContain('the etcd of this cluster runs outside of it')
      expect(code).toBe(2)
    },
  )

  it('is reset without a change to the data in that etcd', async () => {
    const {stderr} = await measured('kadm reset', () => lab.kadmDone(['reset', '-f', 'kadm.yaml', '--yes']))

    console.log(stderr)
    expect((await lab.on('cp-1', 'sudo ls /etc/kubernetes/manifests/kube-apiserver.yaml')).code).not.toBe(0)
    expect(Number(await lab.must('etcd', stored))).toBeGreaterThan(0)
    expect(await lab.must('etcd', 'systemctl is-active outside')).toBe('active')
  })
})
