import {describe, expect, test} from 'vitest'
import {readCluster} from '../../src/config/read/read-cluster.ts'
import {ConfigImages} from '../../src/commands/config/images.ts'
import {ConfigPrint} from '../../src/commands/config/print.ts'
import {labClusterYaml} from '../../src/commands/runtime/lab/lab-cluster.ts'
import {parseTtl} from '../../src/commands/runtime/requests/ttl.ts'
import {Init} from '../../src/commands/init.ts'
import {Explain} from '../../src/commands/explain.ts'
import {KadmError} from '../../src/domain/errors.ts'
import {asStopped, newInterrupt} from '../../src/commands/base/interrupt.ts'
import {PhaseList} from '../../src/commands/phase/list.ts'
import {Version} from '../../src/commands/version.ts'
import {runCommand} from './run-command.ts'

const noFile = {
  readFile: (path: string): string => {
    throw new Error(path)
  },
}

test('what config print says can be read back as the same cluster', async () => {
  const {stdout, exitCode} = await runCommand(ConfigPrint, 'config:print', [
    'ubuntu@10.0.0.10',
    'ubuntu@10.0.0.11',
    '--service-cidr',
    '10.97.0.0/16',
  ])
  const {cluster} = readCluster('kadm.yaml', stdout, noFile)

  expect(exitCode).toBe(0)
  expect(cluster.hosts.map(({role}) => role)).toEqual(['control-plane', 'worker'])
  expect(cluster.network.serviceSubnets).toEqual(['10.97.0.0/16'])
})

test('config images lists what the version needs', async () => {
  const {stdout} = await runCommand(ConfigImages, 'config:images', ['--kubernetes-version', 'v1.36.2'])

  expect(stdout).toContain('registry.k8s.io/kube-apiserver:v1.36.2\n')
})

test('phase list --json is one object that names every leaf', async () => {
  const {stdout} = await runCommand(PhaseList, 'phase:list', ['--json', '--of', 'join'])
  const {type, phases} = JSON.parse(stdout) as {type: string; phases: {path: string}[]}

  expect(type).toBe('result')
  expect(phases.map(({path}) => path)).toContain('prepare/swap')
  expect(phases.map(({path}) => path)).not.toContain('etcd')
})

test('explain says why, and explains the parts of a branch', async () => {
  const {stdout} = await runCommand(Explain, 'explain', ['prepare'])

  expect(stdout).toMatch(/^prepare: .*\n {2}why {4}\S/)
  expect(stdout).toMatch(/\n {2}prepare\/swap: .*\n {4}\S/)
})

test('version --json says what is installed by default', async () => {
  const {stdout} = await runCommand(Version, 'version', ['--json'])

  expect(JSON.parse(stdout)).toMatchObject({type: 'result', kubernetes: {oldest: 'v1.35', newest: 'v1.37'}})
})

test('the file of a lab is one that kadm apply takes', () => {
  const machine = (name: string, address: string) => ({
    name,
    address,
    user: 'ubuntu',
    keyFile: '/lab/id',
    hostKey: `SHA256:${'A'.repeat(43)}`,
    driver: 'nspawn' as const,
    leader: 1,
  })
  const lab = {
    name: 'demo',
    dir: '/lab',
    subnet: '10.77.0.0/24',
    kubernetesVersion: 'v1.37.2',
    bundleDir: '/lab/bundle',
    keyFile: '/lab/id',
    knownHostsFile: '/lab/known_hosts',
    machines: [machine('master', '10.77.0.11'), machine('worker-1', '10.77.0.12')],
  }
  const {cluster, warnings} = readCluster('kadm.yaml', labClusterYaml(lab), noFile)

  expect(warnings).toEqual([])
  expect(cluster.hosts.map(({name, role}) => [name, role])).toEqual([
    ['master', 'control-plane'],
    ['worker-1', 'worker'],
  ])
  expect(cluster.source).toEqual({kind: 'bundle', path: '/lab/bundle'})
})

test.each([
  ['0', undefined],
  ['30m', 1_800_000],
  ['24h', 86_400_000],
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
])('a token lives %s', (text, ms) => {
  expect(parseTtl(text)).toBe(ms)
})

describe('Ctrl-C', () => {
  test('stops cleanly at first, says how to go on, and leaves at the second', () => {
    const said: string[] = []
    let left = 0
    const {signal, interrupt} = newInterrupt({say: line => void said.push(line), leave: () => void (left += 1)})

    interrupt()
    expect(signal.reason).toMatchObject({
      code: 'cancelled',
      hint: expect.stringContaining('run the same command again') as string,
    })
    expect([said.length, left]).toEqual([1, 0])

    interrupt()
    expect([said.length, left]).toEqual([1, 1])
  })
})

test('after Ctrl-C lanes that were stopped are reported once, and other failures stay', () => {
  const {signal, interrupt} = newInterrupt({say: () => undefined, leave: () => undefined})
  const stopped = new KadmError('cancelled', 'a command was stopped', {host: 'master'})
  const failed = new KadmError('remote', 'no space left', {host: 'worker-1'})

  expect(asStopped(failed, signal)).toBe(failed)
  interrupt()
  expect(asStopped(new AggregateError([stopped, stopped]), signal)).toBe(signal.reason)
  expect(asStopped(new AggregateError([stopped, failed]), signal)).toMatchObject({errors: [failed, signal.reason]})
})

describe('-o prints the result', () => {
  test('as one JSON document', async () => {
    const {stdout} = await runCommand(PhaseList, 'phase:list', ['-o', 'json'])

    expect(JSON.parse(stdout)).toMatchObject({phases: expect.any(Array) as unknown})
  })

  test('as YAML', async () => {
    const {stdout} = await runCommand(Version, 'version', ['-o', 'yaml'])

    expect(stdout).toMatch(/^kubernetes:\n {2}default: v1/m)
  })

  test('as names alone, or with more columns', async () => {
    const names = await runCommand(PhaseList, 'phase:list', ['-o', 'name'])
    const wide = await runCommand(PhaseList, 'phase:list', ['-o', 'wide'])

    expect(names.stdout).toMatch(/^prepare\/swap$/m)
    expect(wide.stdout).toMatch(/^PHASE +HOSTS +AFTER +WHAT IT DOES +WHY/m)
  })

  test('of config print as the file, or as one JSON object for each document', async () => {
    const argv = ['ubuntu@10.0.0.10', '--service-cidr', '10.97.0.0/16']
    const text = await runCommand(ConfigPrint, 'config:print', argv)
    const yaml = await runCommand(ConfigPrint, 'config:print', [...argv, '-o', 'yaml'])
    const json = await runCommand(ConfigPrint, 'config:print', [...argv, '-o', 'json'])

    expect(yaml.stdout).toBe(text.stdout)
    expect(JSON.parse(json.stdout)).toMatchObject({
      kind: 'Cluster',
      hosts: [{role: 'control-plane', ssh: {address: '10.0.0.10'}}],
      network: {serviceSubnet: '10.97.0.0/16'},
    })
  })

  test('of explain as a document, or as the names of its phases', async () => {
    const json = await runCommand(Explain, 'explain', ['prepare', '-o', 'json'])
    const names = await runCommand(Explain, 'explain', ['prepare', '-o', 'name'])

    expect(JSON.parse(json.stdout)).toMatchObject({path: 'prepare', parts: expect.any(Array) as unknown})
    expect(names.stdout.split('\n')).toContain('prepare/swap')
  })

  test('of a run also when it fails, and the error goes to stderr', async () => {
    const {stdout, stderr, exitCode} = await runCommand(Init, 'init', ['nobody@127.0.0.1:1', '-o', 'json'])

    expect(exitCode).toBe(4)
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'init',
      exitCode: 4,
      changes: 0,
      errors: [{code: 'connect', message: expect.stringContaining('127.0.0.1') as unknown}],
    })
    expect(stderr).toContain('127.0.0.1')
  })

  test('not together with the stream of events, nor in an unknown form', async () => {
    expect((await runCommand(Version, 'version', ['--json', '-o', 'json'])).exitCode).toBe(2)
    expect((await runCommand(Version, 'version', ['-o', 'wide'])).exitCode).toBe(2)
  })
})
