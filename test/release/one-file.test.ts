import {spawn, spawnSync} from 'node:child_process'
import {createReadStream, existsSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {RELEASES} from '../../src/lab/image/debian-release.ts'
import type {Answer} from '../e2e/ssh.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {FILES, makeRelease} from './released.ts'

const MACHINES = ['master', 'worker'] as const
const BUNDLE = '/opt/bundle'
/** From Debian's package libstdc++6-arm64-cross. */
const ARM64_ROOT = '/usr/aarch64-linux-gnu'

describe.each(RELEASES)('the single file on bare machines with Debian %s', release => {
  let lab: TestLab

  beforeAll(async () => {
    makeRelease()
    lab = await testLab(`one-file-${release}`, MACHINES, {release})
    await Promise.all(MACHINES.map(bring))
  })
  afterAll(() => lab.down())

  const bring = async (machine: string): Promise<void> => {
    await lab.must(machine, 'cat > kadm && chmod 755 kadm', createReadStream(FILES.linuxX64))
    const tar = spawn('tar', ['-C', lab.bundleDir, '-c', '.'], {stdio: ['ignore', 'pipe', 'inherit']})
    await lab.must(machine, `sudo mkdir ${BUNDLE} && sudo tar -xC ${BUNDLE} --no-same-owner`, tar.stdout)
  }
  const kadm = (machine: string, args: string): Promise<Answer> =>
    measured(`${release}: sudo kadm ${args.split(' ', 1).join('')}`, () => lab.on(machine, `sudo ./kadm ${args}`))

  it('runs where there is no Node', async () => {
    expect(await lab.on('master', 'command -v node')).toMatchObject({code: 1})
    expect(await lab.must('master', '. /etc/os-release; echo "$VERSION_CODENAME"')).toBe(release)
    expect(await lab.must('master', './kadm --version')).toMatch(/^kadm\/\S+ linux-x64 node-v24\./)
  })

  it('runs from a folder that is read-only, and one line says that it cannot from a noexec one', async () => {
    const mount = 'sudo mount -t tmpfs -o mode=755'
    await lab.must('worker', `${mount} tmpfs /mnt && sudo cp kadm /mnt/ && sudo mount -o remount,ro /mnt`)
    expect(await lab.must('worker', '/mnt/kadm version')).toMatch(/^kadm /)
    await lab.must('worker', 'sudo mount -o remount,noexec /mnt')
    const {code, stderr} = await lab.on('worker', 'sh -c "/mnt/kadm version"')
    await lab.must('worker', 'sudo umount /mnt')

    expect(code).toBe(126)
    expect(stderr).toBe('sh: 1: /mnt/kadm: Permission denied')
  })

  it('says in one line that a download was cut off', async () => {
    await lab.must('worker', 'head -c 90000000 kadm > cut && chmod 755 cut')
    const {code, stderr} = await lab.on('worker', 'sudo ./cut init; code=$?; rm cut; exit $code')

    expect(code).toBe(126)
    expect(stderr).toMatch(/^kadm: cannot run \S+ on this machine \(x86_64\): .* not completely downloaded.*$/)
  })

  it('comes and goes as a Debian package', async () => {
    const files = 'sudo find / -xdev -not -path "/proc/*" -iname "*kadm*" -not -path "/usr/lib/kadm-lab*" | sort'
    await lab.must('worker', 'cat > kadm.deb', createReadStream(FILES.debAmd64))
    const before = await lab.must('worker', files)
    await lab.must('worker', 'sudo apt-get install -y ./kadm.deb')
    expect(await lab.must('worker', 'kadm --version')).toMatch(/^kadm\//)
    expect(await lab.must('worker', files)).toContain('/usr/share/man/man1/kadm.1.gz')
    await lab.must('worker', 'sudo apt-get purge -y kadm')

    expect(await lab.must('worker', files)).toBe(before)
  })

  it.skipIf(!existsSync('/usr/bin/qemu-aarch64-static') || !existsSync(ARM64_ROOT))(
    'checks the machine, when the file for arm64 runs under emulation',
    () => {
      const target = ['preflight', lab.target('worker'), '-i', lab.lab.keyFile, '--known-hosts', lab.lab.knownHostsFile]
      const {status, stdout, stderr} = spawnSync(
        'qemu-aarch64-static',
        ['-L', ARM64_ROOT, FILES.linuxArm64, ...target],
        {encoding: 'utf8'},
      )

      expect(`${stdout}${stderr}`).toMatch(/\d+ checks/)
      expect(status).toBe(0)
    },
  )

  it('creates a cluster with sudo kadm init', async () => {
    const {code, stderr} = await kadm('master', `init --bundle ${BUNDLE}`)

    expect(code, stderr).toBe(0)
    expect(await lab.must('master', 'kubectl get nodes --no-headers')).toMatch(/^master +Ready +control-plane /)
  })

  it('adds the second machine with the printed line', async () => {
    const line = await lab.must('master', 'sudo ./kadm token create --print-join-command')
    const {code, stderr} = await kadm('worker', `${line.replace(/^kubeadm /, '')} --bundle ${BUNDLE}`)

    expect(code, stderr).toBe(0)
    expect(await lab.must('master', 'kubectl get nodes --no-headers')).toMatch(/^worker +Ready /m)
  })

  it('proves that the cluster works', async () => {
    const {code, stdout, stderr} = await kadm('master', 'verify --quick')

    expect(code, `${stdout}\n${stderr}`).toBe(0)
  })

  it('restores the worker', async () => {
    const {code, stderr} = await kadm('worker', 'reset --yes')

    expect(code, stderr).toBe(0)
  })
})
