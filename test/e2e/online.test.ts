import {readFile} from 'node:fs/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {DEFAULT_VERSION} from '../../src/domain/releases.ts'
import {addressIn} from '../../src/lab/network/subnet.ts'
import {nextPatch, packageMirror, type PackageMirror} from './package-mirror.ts'
import type {KadmAnswer} from './run-kadm.ts'
import {differences, snapshot, type Explained, type Snapshot} from './snapshot.ts'
import {testLab, type TestLab} from './test-lab.ts'
import {changedIn, errorsIn} from './told.ts'

const RELEASE = DEFAULT_VERSION.replace('v', '')
const ADDED = '/etc/apt/sources.list.d/kubernetes.sources'

/** dpkg and apt keep records of their own work, and are no worse for it. */
const RECORDS: readonly Explained[] = [
  {
    line: /\/var\/lib\/dpkg\/(status|available|lock|triggers|diversions|statoverride|info)/,
    because: "dpkg's own records",
  },
  {line: /\/var\/lib\/apt\//, because: "apt's own records and the lists of the distribution"},
  {line: /\/var\/log\/apt/, because: 'logs of the package manager'},
]

interface Mirrored {
  readonly url?: string
  readonly keyFile?: string
  readonly fingerprint?: string
  readonly version?: string
  readonly more?: string
}

describe('a machine whose packages come from a repository', () => {
  let lab: TestLab
  let mirror: PackageMirror
  let before: Snapshot

  beforeAll(async () => {
    lab = await testLab('e2e-online', ['one'])
    mirror = await packageMirror(lab.bundleDir, addressIn(lab.lab.subnet, 1), RELEASE)
    const sources = `deb [trusted=yes] ${mirror.distribution} /\n`
    await lab.must('one', 'sudo sh -c "rm -rf /etc/apt/sources.list.d/*; cat >/etc/apt/sources.list"', sources)
    before = await snapshot(lab, 'one')
  })
  afterAll(async () => {
    try {
      await mirror.close()
    } finally {
      await lab.down()
    }
  })

  const file = async (changes: Mirrored = {}): Promise<string> => {
    const {url = mirror.kubernetes, keyFile = mirror.keyFile, fingerprint = mirror.fingerprint} = changes
    await lab.write('mirror.asc', await readFile(keyFile, 'utf8'))
    return lab.write(
      'kadm.yaml',
      `apiVersion: kadm/v1
kind: Cluster
kubernetesVersion: ${changes.version ?? DEFAULT_VERSION}
hosts:
- {name: one, role: control-plane, ssh: ${lab.target('one')}}
source:
  kind: online
  runtime: distribution
  packages: {url: "${url}", keyFile: mirror.asc, keyFingerprint: ${fingerprint}}
${changes.more ?? ''}`,
    )
  }
  const apply = async (changes: Mirrored = {}, ...only: readonly string[]): Promise<KadmAnswer> =>
    lab.kadm(['apply', '-f', await file(changes), '--json', ...(only.length === 0 ? ['--only', 'prepare'] : only)])
  const told = (answer: KadmAnswer): string =>
    errorsIn(answer.events)
      .map(({message}) => message)
      .join('\n')
  const state = (...names: readonly string[]): Promise<string> =>
    lab.must(
      'one',
      `dpkg-query -W -f '\${Package} \${Version} \${db:Status-Abbrev}\\n' ${names.join(' ')} 2>/dev/null; true`,
    )

  it('is not touched when the key is not the pinned one', async () => {
    const answer = await apply({fingerprint: mirror.otherFingerprint})

    expect(answer.code).toBe(2)
    expect(errorsIn(answer.events)).toMatchObject([
      {
        message: `the key of the package repository ${mirror.kubernetes} does not match the pinned key`,
        evidence: `pinned ${mirror.otherFingerprint}\nfound  ${mirror.fingerprint}`,
      },
    ])
    expect(await lab.must('one', 'sudo ls /var/lib/kadm 2>&1; true')).toContain('No such file')
  })

  it('is not touched when the key cannot be fetched, and --bundle is named', async () => {
    const name = await lab.write(
      'kadm.yaml',
      (await readFile(await file(), 'utf8')).replace(/packages: .*/, 'packages: {url: "https://127.0.0.1:1/deb/"}'),
    )

    const answer = await lab.kadm(['apply', '-f', name, '--json'])

    expect(answer.code).toBe(4)
    expect(errorsIn(answer.events)).toMatchObject([
      {
        message: 'cannot download the key of the package repository https://127.0.0.1:1/deb/',
        evidence: expect.stringContaining('https://127.0.0.1:1/deb/Release.key: ') as unknown,
        hint: expect.stringMatching(/--bundle FOLDER.*kadm bundle create/) as unknown,
      },
    ])
    expect(await lab.must('one', 'sudo ls /var/lib/kadm 2>&1; true')).toContain('No such file')
  })

  it('keeps no repository that it cannot reach', async () => {
    const answer = await apply({url: `http://${addressIn(lab.lab.subnet, 1)}:1/deb/`})

    expect(answer.code).toBe(5)
    expect(told(answer)).toMatch(/this host cannot reach the package repository http:\/\/[\d.]+:1\/deb\/: /)
    expect(await lab.must('one', `ls ${ADDED} 2>&1; true`)).toContain('No such file')
  })

  it('keeps no repository that another key signed', async () => {
    const answer = await apply({keyFile: mirror.otherKeyFile, fingerprint: mirror.otherFingerprint})

    expect(answer.code).toBe(5)
    expect(told(answer)).toContain(`the package repository ${mirror.kubernetes} is not signed by the pinned key: `)
    expect(await lab.must('one', `ls ${ADDED} 2>&1; true`)).toContain('No such file')
  })

  it('gets the nearest releases when the wanted one does not exist, and nothing of Kubernetes is installed', async () => {
    const answer = await apply({version: 'v1.37.99'})

    expect(answer.code).toBe(5)
    expect(told(answer)).toContain(`there is no kubelet 1.37.99; nearest: ${nextPatch(RELEASE)}-1.1, ${RELEASE}-1.1`)
    expect(await state('kubelet', 'kubectl', 'kubeadm', 'kubernetes-cni')).toBe('')
  })

  it('is judged when its package manager was interrupted', async () => {
    await lab.must('one', 'sudo touch /var/lib/dpkg/updates/0001')
    try {
      expect(errorsIn((await apply()).events)[0]?.evidence).toMatch(
        /one: PackageState: dpkg was interrupted\n\s+run sudo dpkg --configure -a/,
      )
    } finally {
      await lab.must('one', 'sudo rm /var/lib/dpkg/updates/0001')
    }
  })

  it('gets exactly the wanted release, held, once the one who holds the package lock is done', async () => {
    await lab.must('one', 'sudo systemd-run -q --unit=holder flock --no-fork /var/lib/dpkg/lock-frontend sleep 15')

    const seen = await lab.kadm(['preflight', '-f', await file(), '--verbose'])
    const answer = await apply()

    expect(seen.stdout).toMatch(/sleep \(pid \d+\) has held the package lock/)
    expect(answer).toMatchObject({code: 0})
    expect(await lab.must('one', 'systemctl is-active holder; true')).toBe('inactive')
    expect(answer.events.filter(({type}) => type === 'phase-progress')).toContainEqual(
      expect.objectContaining({
        host: 'one',
        phase: 'prepare/kubelet',
        message: expect.stringMatching(
          /^waits for the package manager, at most \d+ s more; it is held by sleep \(pid \d+, for \d+ s: sleep 15\)$/,
        ) as unknown,
      }),
    )
    expect(await state('kubelet', 'kubectl', 'kubeadm', 'kubernetes-cni', 'containerd', 'runc')).toBe(
      [
        'containerd 1.7.24~ds1-1 hi ',
        `kubeadm ${RELEASE}-1.1 hi `,
        `kubectl ${RELEASE}-1.1 hi `,
        `kubelet ${RELEASE}-1.1 hi `,
        'kubernetes-cni 1.8.0-1.1 ii ',
        'runc 1.1.15-1 ii',
      ].join('\n'),
    )
  })

  it("runs them by the packages' own units", async () => {
    expect(await lab.must('one', 'kubelet --version; ls /etc/systemd/system/*.service 2>/dev/null; true')).not.toMatch(
      /\/etc\/systemd\/system\/(kubelet|containerd)/,
    )
    expect(await lab.must('one', 'systemctl is-active containerd; systemctl is-enabled containerd')).toBe(
      'active\nenabled',
    )
    expect(await lab.must('one', 'sudo ctr version && sudo containerd config dump | grep -i conf_template')).toContain(
      '/etc/containerd/pod-network.conflist',
    )
  })

  it('is not changed by a second run, which asks the repository nothing', async () => {
    const asked = mirror.asked.length

    const answer = await apply()

    expect(answer).toMatchObject({code: 0})
    expect(changedIn(answer.events)).toEqual([])
    expect(mirror.asked.slice(asked)).toEqual([])
  })

  it('is held again when the hold was removed', async () => {
    await lab.must('one', 'sudo apt-mark unhold kubelet containerd')

    const doctor = await lab.kadm(['doctor', lab.target('one'), '--json'])
    const answer = await apply()

    expect(answer.events.filter(({type}) => type === 'changed')).toMatchObject([
      {resource: 'packages:runtime', what: 'containerd is not held at its version'},
      {resource: 'packages:kubernetes', what: 'kubelet is not held at its version'},
    ])
    expect(doctor.stdout).toContain(
      'an automatic upgrade of the machine can change containerd, kubelet: they are not held at their version',
    )
    expect((await lab.must('one', 'apt-mark showhold')).split('\n')).toEqual([
      'containerd',
      'kubeadm',
      'kubectl',
      'kubelet',
    ])
  })

  const images = async (): Promise<KadmAnswer> =>
    apply({more: `imageRepository: ${mirror.registry}/kubernetes\n`}, '--only', 'control-plane-images')

  it('says so when the registry of the images wants fewer requests', async () => {
    const folder = `/etc/containerd/certs.d/${mirror.registry}`
    const hosts = `server = "http://${mirror.registry}"\n`
    await lab.must('one', `sudo mkdir -p ${folder}; sudo sh -c 'cat >${folder}/hosts.toml'`, hosts)
    mirror.images.be('refuses')

    const answer = await images()

    expect(answer.code).toBe(5)
    expect(told(answer)).toMatch(/could not pull .*\/kubernetes\/.*: its registry asks for fewer requests \(429\)/)
    expect(mirror.asked.filter(path => path.startsWith('/v2/')).length).toBeGreaterThanOrEqual(4)
  })

  it('has the images of the control plane before that starts, and asks for them once', async () => {
    mirror.images.be('serves')

    expect(await images()).toMatchObject({code: 0})
    const list = await lab.must('one', `sudo ctr -n k8s.io images ls -q | grep ${mirror.registry}`)
    expect(list.replaceAll(`${mirror.registry}/kubernetes/`, '').replaceAll(/:\S+/g, '').split('\n').sort()).toEqual([
      'etcd',
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
      'pause',
    ])
    expect(changedIn((await images()).events)).toEqual([])
  })

  it('is as it was before after a reset', async () => {
    const answer = await lab.kadmDone(['reset', lab.target('one'), '--yes', '--json'])

    expect(answer.events.filter(({type}) => type === 'warning')).toEqual([])
    expect(await state('kubelet', 'kubectl', 'kubeadm', 'kubernetes-cni', 'containerd', 'runc')).toBe('')
    expect(await lab.must('one', `ls ${ADDED} 2>&1; apt-mark showhold`)).toMatch(/No such file[^\n]*$/)
    expect(await lab.must('one', 'ls /var/lib/apt/lists')).not.toContain('kubernetes')
    expect(differences(before, await snapshot(lab, 'one'), RECORDS)).toEqual([])
  })
})
