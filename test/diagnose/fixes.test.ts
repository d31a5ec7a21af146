import {spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {COMMANDS} from '../../src/commands/index.ts'
import {diagnose} from '../../src/diagnose/diagnose.ts'
import {ALL_CASES} from './cases/all.ts'
import {evidenceWith, nowOf} from './captures.ts'

/** Every command that a fix tells people to type stands between backticks. */
const commandsIn = (fix: string): readonly string[] =>
  [...fix.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command)

const FIXES = [
  ...new Set(
    ALL_CASES.flatMap(({role, sections, phase}) =>
      diagnose(evidenceWith(role, sections), {
        phase: phase ?? 'wait-control-plane',
        waitedFor: 'the node',
        now: nowOf(role),
      }).map(({fix}) => fix),
    ),
  ),
]
const TYPED = [...new Set(FIXES.flatMap(commandsIn))]

/** Programs of every Debian and Ubuntu, of what kadm installs on a node, and of the shell. */
const PROGRAMS = new Set([
  ...['systemctl', 'journalctl', 'hostnamectl', 'timedatectl', 'resolvectl', 'sysctl', 'modprobe', 'swapoff', 'mount'],
  ...[
    'mv',
    'rm',
    'cp',
    'ls',
    'du',
    'sort',
    'tail',
    'head',
    'grep',
    'tee',
    'echo',
    'date',
    'chown',
    'chmod',
    'sh',
    'uniq',
    'ps',
  ],
  ...[
    'pkill',
    'ip',
    'ss',
    'nft',
    'getent',
    'apt-get',
    'apt-mark',
    'update-ca-certificates',
    'kubectl',
    'ctr',
    'containerd',
    'openssl',
  ],
  'kadm',
  'sleep',
])

/** The first word of each part of a pipeline or list, without sudo. */
const programsOf = (command: string): readonly string[] =>
  command
    .replaceAll(/"[^"]*"|'[^']*'/g, 'QUOTED')
    .split(/\|\||&&|[|;]/)
    .map(
      part =>
        part
          .trim()
          .replace(/^sudo /, '')
          .split(' ')[0] ?? '',
    )

describe('the commands of a fix', () => {
  test('there is enough of it', () => {
    expect(TYPED.length).toBeGreaterThan(30)
  })

  test.each(TYPED)('%s: the shell reads it', command => {
    const {status, stderr} = spawnSync('sh', ['-n', '-c', command], {encoding: 'utf8'})

    expect([status, stderr]).toEqual([0, ''])
    expect(command).not.toMatch(/[<>]|\b(?:NAME|FILE|HOST|ADDRESS|RANGE|NODE|OLD-NAME)\b(?!\))/)
  })

  test.each(TYPED)('%s: its programs exist', command => {
    expect(programsOf(command).filter(program => !PROGRAMS.has(program))).toEqual([])
  })

  test.each(TYPED.filter(command => command.startsWith('kadm ')))('%s: kadm has it', command => {
    const words = command
      .split(' ')
      .slice(1)
      .filter(word => !word.startsWith('-'))
    const known = Object.keys(COMMANDS)

    expect(known.some(name => name === words.join(':') || name === words[0])).toBe(true)
  })

  test('text outside of backticks is not a command', () => {
    const words = FIXES.map(fix => fix.replaceAll(/`[^`]+`/g, ''))

    expect(words.filter(text => /\bsudo |systemctl |\bkubectl (?!certificate)|journalctl/.test(text))).toEqual([])
  })

  test('the kernel settings it names exist here', () => {
    const settings = TYPED.flatMap(command =>
      [...command.matchAll(/sysctl -w ([a-z0-9_.]+)=/g)].map(([, name = '']) => name),
    )

    expect(settings.length).toBeGreaterThan(2)
    const ours = settings.filter(name => /^(?:net\.ipv4|fs|vm)\./.test(name))
    expect(ours.filter(name => !existsSync(`/proc/sys/${name.replaceAll('.', '/')}`))).toEqual([])
  })
})
