import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {Apply} from '../../src/commands/apply.ts'
import {BundleVerify} from '../../src/commands/bundle/verify.ts'
import {ConfigPrint} from '../../src/commands/config/print.ts'
import {ConfigValidate} from '../../src/commands/config/validate.ts'
import {Explain} from '../../src/commands/explain.ts'
import {Init} from '../../src/commands/init.ts'
import {Join} from '../../src/commands/join.ts'
import {LabDown} from '../../src/commands/lab/down.ts'
import {noSuchCommand} from '../../src/commands/main.ts'
import {Plan} from '../../src/commands/plan.ts'
import {TokenCreate} from '../../src/commands/token/create.ts'
import type {Command} from '@oclif/core'
import {runCommand} from './run-command.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kadm-usage-'))
  await writeFile(join(folder, 'bad.yaml'), 'apiVersion: kadm/v1\nkind: Cluster\nhosst: []\n')
})
afterAll(() => rm(folder, {recursive: true}))

const PIN = `sha256:${'0'.repeat(64)}`
const TOKEN = 'abcdef.0123456789abcdef'

describe('a wrong command line is refused before anything is touched', () => {
  const cases: readonly (readonly [string, Command.Class, readonly string[], RegExp])[] = [
    ['an unknown flag', Init, ['--podnetwork'], /Nonexistent flag: --podnetwork\n {2}next: see: kadm init --help/],
    ['a value that is no number', Init, ['--ssh-port', 'x'], /--ssh-port|integer/],
    [
      'a wrong range names its flag',
      Init,
      ['--pod-network-cidr', '10.0.0.0/33'],
      /--pod-network-cidr: '10.0.0.0\/33' is not an address range/,
    ],
    [
      'a version out of range names its flag',
      Init,
      ['--kubernetes-version', 'v1.20.0'],
      /--kubernetes-version: .*1\.35/,
    ],
    ['a wrong host names the argument', Init, ['ubuntu@300.0.0.1'], /'300\.0\.0\.1' is not an IP address/],
    [
      'a phase that is none, with the nearest',
      Init,
      ['local', '--skip-phases', 'prepare/swop', '--dry-run'],
      /unknown phase 'prepare\/swop'\n.*did you mean prepare\/swap/,
    ],
    ['a join that names no cluster', Join, ['ubuntu@10.0.0.11'], /cannot join: no cluster given\n.*--to/],
    [
      'a join by token without a pin',
      Join,
      ['10.0.0.10:6443', '--token', TOKEN],
      /no hash of the cluster CA given.*\n.*--discovery-token-ca-cert-hash/,
    ],
    [
      'a join by token of several machines',
      Join,
      ['10.0.0.10:6443', 'b', '--token', TOKEN, '--discovery-token-ca-cert-hash', PIN],
      /pass only the HOST:PORT of the API; remove: b/,
    ],
    ['a pin without a token', Join, ['a', '--to', 'b', '--discovery-token-ca-cert-hash', PIN], /--token/],
    [
      'one name for several machines',
      Join,
      ['a', 'b', '--to', 'c', '--node-name', 'n'],
      /--node-name works with one machine only/,
    ],
    [
      'a file that does not exist',
      Apply,
      ['-f', '/nowhere/kadm.yaml'],
      /cannot read \/nowhere\/kadm\.yaml: the file does not exist/,
    ],
    ['a phase that is none', Explain, ['certs/cb'], /unknown phase 'certs\/cb'\n.*did you mean certs\/ca/],
    ['a token that is none', TokenCreate, ['abc'], /invalid token 'abc'/],
    ['a time that is none', TokenCreate, ['--ttl', 'soon'], /invalid duration 'soon' for --ttl/],
    ['a lab and all labs', LabDown, ['x', '--all'], /name a lab or pass --all, not both/],
    [
      'a question nobody can answer',
      LabDown,
      ['no-such-lab'],
      /cannot ask .*: stdin is not a terminal\n {2}next: pass --yes/,
    ],
    ['a folder that is not a bundle', BundleVerify, ['/nowhere'], /\/nowhere is not a bundle/],
    [
      'a printed configuration with two faults tells both',
      ConfigPrint,
      ['a', '--service-cidr', 'x', '--pod-network-cidr', 'y'],
      /--pod-network-cidr(.|\n)*--service-cidr|--service-cidr(.|\n)*--pod-network-cidr/,
    ],
  ]

  test.each(cases)('%s', async (_name, command, argv, says) => {
    const {stdout, stderr, exitCode} = await runCommand(command, command.name.toLowerCase(), argv)

    expect(stderr).toMatch(says)
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
  })

  test.each([
    ['validate', ConfigValidate],
    ['plan', Plan],
  ] as const)('a misspelt key is reported with its place and the nearest name: %s', async (id, command) => {
    const {stderr, exitCode} = await runCommand(command, id, ['-f', join(folder, 'bad.yaml')])

    expect(stderr).toMatch(/bad\.yaml:3:1: .*hosst.*hosts/)
    expect(exitCode).toBe(2)
  })

  test('with --json the error is one object on stdout and nothing is on stderr', async () => {
    const {stdout, stderr, exitCode} = await runCommand(Join, 'join', ['x', '--json'])

    expect(JSON.parse(stdout)).toMatchObject({
      type: 'error',
      exitCode: 2,
      errors: [{code: 'usage', message: 'cannot join: no cluster given'}],
    })
    expect(stderr).toBe('')
    expect(exitCode).toBe(2)
  })
})

describe('a command that does not exist', () => {
  test.each([
    [['statsu'], 'did you mean: kadm status'],
    [['lab', 'dwon', '--all'], 'did you mean: kadm lab down'],
    [['qqqqqqqqq'], 'list them with: kadm --help'],
  ])('%j', (argv, hint) => {
    expect(noSuchCommand(argv)).toMatchObject({code: 'usage', hint})
  })
})
