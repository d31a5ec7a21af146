import {spawn} from 'node:child_process'
import {createReadStream} from 'node:fs'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {RELEASES} from '../../src/lab/image/debian-release.ts'
import type {Answer} from '../e2e/ssh.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {FILES, makeRelease} from './released.ts'

const MACHINES = ['master', 'worker'] as const
const BUNDLE = '/opt/bundle'

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
