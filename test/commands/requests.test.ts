import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {expectedCluster} from '../../src/commands/runtime/requests/expected-cluster.ts'
import {rebootRequest} from '../../src/commands/runtime/requests/reboot-request.ts'
import {repairRequest} from '../../src/commands/runtime/requests/repair-request.ts'
import {removeRequest, specAt} from '../../src/commands/runtime/requests/remove-request.ts'
import {resetRequest} from '../../src/commands/runtime/requests/reset-request.ts'
import type {HostSpec} from '../../src/domain/cluster.ts'

const NO_LOGIN = {'identity-file': undefined, 'ssh-user': undefined, 'ssh-port': undefined, jump: undefined}
let folder = ''
let file = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kadm-requests-'))
  file = join(folder, 'house.yaml')
  writeFileSync(
    file,
    `apiVersion: kadm/v1
kind: Cluster
hosts:
- {name: master, role: control-plane, ssh: ubuntu@192.168.56.11}
- {name: one, role: worker, ssh: ubuntu@192.168.56.12}
- {name: two, role: worker, ssh: ubuntu@192.168.56.13}
`,
  )
})
afterAll(() => rmSync(folder, {recursive: true}))

const addressOf = ({ssh}: HostSpec): string => (ssh === 'local' ? ssh : ssh.address)
const places = (hosts: readonly HostSpec[]): readonly string[] => hosts.map(addressOf)
const flags = (more: {readonly file?: string; readonly to?: string} = {}) => ({
  ...NO_LOGIN,
  file: more.file,
  to: more.to,
})

describe('which machines a reboot is for', () => {
  test('all of the file, or those of its machines that are named', async () => {
    const all = await rebootRequest([], flags({file}))
    const some = await rebootRequest(['two'], flags({file}))

    expect(places(all.specs)).toEqual(['192.168.56.11', '192.168.56.12', '192.168.56.13'])
    expect(places(some.specs)).toEqual(['192.168.56.13'])
    expect(addressOf(some.controlPlane)).toBe('192.168.56.11')
  })

  test('without a file the named ones, the control plane first', async () => {
    const {specs, controlPlane} = await rebootRequest(['ubuntu@10.0.0.1', 'ubuntu@10.0.0.2'], flags())

    expect(places(specs)).toEqual(['10.0.0.1', '10.0.0.2'])
    expect(addressOf(controlPlane)).toBe('10.0.0.1')
  })

  test('never the one on which kadm runs, and none that the file does not name', async () => {
    await expect(rebootRequest(['local'], flags())).rejects.toMatchObject({code: 'usage'})
    await expect(rebootRequest(['three'], flags({file}))).rejects.toMatchObject({code: 'usage'})
  })
})

describe('which machines a reset is for', () => {
  test('the whole cluster of the file; then no control plane stays', async () => {
    const {cluster, remaining} = await resetRequest([], flags({file}))

    expect(places(cluster.hosts)).toHaveLength(3)
    expect(remaining).toBeUndefined()
  })

  test('a worker of the file, which its control plane then deletes', async () => {
    const {cluster, remaining} = await resetRequest(['two'], flags({file}))

    expect(places(cluster.hosts)).toEqual(['192.168.56.13'])
    expect(remaining && addressOf(remaining)).toBe('192.168.56.11')
  })

  test('no control plane stays when it is itself reset', async () => {
    expect((await resetRequest(['master', 'two'], flags({file}))).remaining).toBeUndefined()
  })

  test('the control plane of --to comes before the one of the file, and serves without a file', async () => {
    for (const more of [{file}, {}]) {
      const name = 'file' in more ? 'two' : 'ubuntu@192.168.56.13'
      const {cluster, remaining} = await resetRequest([name], flags({...more, to: 'ubuntu@10.0.0.9'}))

      expect(places(cluster.hosts)).toEqual(['192.168.56.13'])
      expect(remaining && addressOf(remaining)).toBe('10.0.0.9')
    }
  })
})

describe('which machines a removal is for', () => {
  const wanted = (more: {readonly file?: string; readonly to?: string; readonly kubeconfig?: string} = {}) => ({
    ...flags(more),
    kubeconfig: more.kubeconfig,
  })
  let planes = ''

  beforeAll(() => {
    planes = join(folder, 'planes.yaml')
    writeFileSync(
      planes,
      `apiVersion: kadm/v1
kind: Cluster
controlPlaneEndpoint: 10.0.0.9:6443
hosts:
- {name: cp-1, role: control-plane, ssh: ubuntu@192.168.56.11}
- {name: cp-2, role: control-plane, ssh: ubuntu@192.168.56.12}
- {name: cp-3, role: control-plane, ssh: ubuntu@192.168.56.13}
- {name: one, role: worker, ssh: ubuntu@192.168.56.21}
`,
    )
  })

  test('a host of the file; the control planes that stay are asked, and no other', async () => {
    const {targets, controlPlanes, others} = await removeRequest(['cp-1', 'one'], wanted({file: planes}))

    expect(targets.map(({spec, isInFile}) => [spec && addressOf(spec), isInFile])).toEqual([
      ['192.168.56.11', true],
      ['192.168.56.21', true],
    ])
    expect(places(controlPlanes)).toEqual(['192.168.56.12', '192.168.56.13'])
    expect(places(others)).toEqual(['192.168.56.12', '192.168.56.13'])
  })

  test('a node that the file does not list any more', async () => {
    const {targets, others} = await removeRequest(['cp-9', 'admin@10.0.0.7'], wanted({file: planes}))

    expect(targets.map(({named, spec, isInFile}) => [named, spec && addressOf(spec), isInFile])).toEqual([
      ['cp-9', undefined, false],
      ['admin@10.0.0.7', '10.0.0.7', false],
    ])
    expect(others).toHaveLength(4)
  })

  test('without a file, a login is a machine and anything else is a node of the cluster', async () => {
    const request = await removeRequest(['worker-2', 'ubuntu@10.0.0.12'], wanted({to: 'ubuntu@10.0.0.10'}))

    expect(request.targets.map(({spec}) => spec && addressOf(spec))).toEqual([undefined, '10.0.0.12'])
    expect(places(request.controlPlanes)).toEqual(['10.0.0.10'])
    expect(request.others).toEqual([])
    expect((await removeRequest(['worker-2'], wanted({kubeconfig: 'admin.conf'}))).controlPlanes).toEqual([])
  })

  test('a node is logged in to as its control plane, unless a flag or its own login says more', () => {
    const like = specAt('admin@10.0.0.10:2222', NO_LOGIN)
    const sshOf = (spec: HostSpec) =>
      spec.ssh === 'local' ? spec.ssh : [spec.ssh.user, spec.ssh.address, spec.ssh.port]

    expect(sshOf(specAt('10.0.0.12', NO_LOGIN, like))).toEqual(['admin', '10.0.0.12', 2222])
    expect(sshOf(specAt('fd00::12', NO_LOGIN, like))).toEqual(['admin', 'fd00::12', 2222])
    expect(sshOf(specAt('10.0.0.12', {...NO_LOGIN, 'ssh-user': 'root'}, like))).toEqual(['root', '10.0.0.12', 2222])
    expect(sshOf(specAt('me@10.0.0.12:22', NO_LOGIN, like))).toEqual(['me', '10.0.0.12', 22])
    expect(sshOf(specAt('10.0.0.12', NO_LOGIN))).toEqual([undefined, '10.0.0.12', undefined])
  })

  test('never all control planes of the file', async () => {
    await expect(removeRequest(['cp-1', 'cp-2', 'cp-3'], wanted({file: planes}))).rejects.toMatchObject({
      code: 'preflight',
      message: expect.stringContaining('no control plane of') as string,
    })
  })
})

describe('which machines a repair compares', () => {
  test('those of the file, or the named ones of it', async () => {
    expect(places((await repairRequest([], flags({file}))).cluster.hosts)).toHaveLength(3)
    const named = await repairRequest(['one', 'two'], flags({file}))
    expect(places(named.cluster.hosts)).toEqual(['192.168.56.12', '192.168.56.13'])
    expect(named.file?.name).toBe(file)
  })

  test('without a file the named ones', async () => {
    const {cluster, file: none} = await repairRequest(['ubuntu@10.0.0.1', 'ubuntu@10.0.0.2'], flags())

    expect(cluster.hosts.map(({role}) => role)).toEqual(['control-plane', 'worker'])
    expect(none).toBeUndefined()
  })
})

describe('what should be there', () => {
  test('is what the file says, and its command repairs the cluster', async () => {
    const expected = await expectedCluster({isNamed: false, file, through: undefined})

    expect(expected.hosts?.map(({name}) => name)).toEqual(['master', 'one', 'two'])
    expect(expected.repair.cluster).toBe(`\`kadm apply -f ${file}\``)
    expect(expected.repair.why(undefined)).toBe(`\`kadm doctor -f ${file}\` shows why`)
  })

  test('is not known for named machines, and the commands name the control plane', async () => {
    const through = (await rebootRequest(['ubuntu@10.0.0.1'], flags())).controlPlane
    const expected = await expectedCluster({isNamed: true, file: undefined, through})

    expect(expected.hosts).toBeUndefined()
    expect(expected.repair.cluster).toBe('`kadm init ubuntu@10.0.0.1`')
    expect(expected.repair.why(undefined)).toBe('`kadm doctor ubuntu@10.0.0.1` shows why')
  })

  test('points to the findings of machines that were examined in the same run', async () => {
    const {repair} = await expectedCluster({isNamed: true, file: undefined, through: undefined, examined: ['master']})

    expect(repair.why(undefined)).toBe('see the findings for the control plane above')
  })
})
