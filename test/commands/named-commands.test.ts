import type {Command} from '@oclif/core'
import {expect, test} from 'vitest'
import {findPhase} from '../../src/commands/runtime/all-phases.ts'
import {COMMANDS} from '../../src/commands/index.ts'
import {documentTexts, mentionsIn, sourceTexts, textsOfMarkdown, textsOfSource, type Mention} from './mentions.ts'

const commands = new Map<string, Command.Class>(
  Object.entries(COMMANDS).map(([id, command]) => [id.replaceAll(':', ' '), command]),
)
const topics = new Set(Object.keys(COMMANDS).flatMap(id => (id.includes(':') ? (id.split(':')[0] ?? '') : [])))

/** What may follow the name of the program in a sentence, beside its commands and verbs such as `writes`. */
const PROSE = new Set(
  [
    'again alone also alike always and at before begin behind both brought by can cannot changed cluster command could did',
    'created either end first is it fetched for from gave gets had in itself left made may must never no not on only or prepared put run script should so',
    'still than that the then this to took tried under until was waited when which while will with without would write wrote',
  ].flatMap(line => line.split(' ')),
)

/** A verb of a sentence about kadm ends so; no command that is typed does, but for those that exist. */
const isVerb = (word: string): boolean => /^[a-z]{2,}s$/.test(word)

/** Commands of kubeadm and other tools, which a writer may think that kadm has. */
const OF_OTHERS = new Set(
  'alpha delete drain etcd get install node remove renew restore backup start stop uninstall up upgrade'.split(' '),
)

/** Commands that the libraries bring. */
const OF_LIBRARIES = new Set(['help'])

/** What is wrong with a mention; undefined when its command, subcommand, flags and phase exist. */
function problemOf({place, words, isTyped, isRun}: Mention): string | undefined {
  const [first = '', second = ''] = words
  if (first === '' || first.startsWith('-') || OF_LIBRARIES.has(first)) return undefined
  if (!/^[a-z]/.test(first)) return undefined
  if (!commands.has(first) && !topics.has(first)) {
    const isSentence =
      !isTyped && !OF_OTHERS.has(first) && (PROSE.has(first) || ((isVerb(first) || /\.md:/.test(place)) && !isRun))
    return isSentence ? undefined : `there is no command 'kadm ${first}'`
  }
  if (topics.has(first) && !/^[a-z]/.test(second)) return undefined
  const name = commands.has(first) ? first : `${first} ${second}`
  const command = commands.get(name)
  if (command === undefined) return `there is no command 'kadm ${name}'`
  return problemOfWords(name, command, words)
}

function problemOfWords(name: string, command: Command.Class, words: readonly string[]): string | undefined {
  const {flags} = command
  const known = Object.entries({...command.baseFlags, ...flags}).flatMap(([long, flag]: [string, Command.Flag.Any]) => [
    `--${long}`,
    ...(flag.char === undefined ? [] : [`-${flag.char}`]),
    ...(flag.type === 'boolean' && flag.allowNo ? [`--no-${long}`] : []),
  ])
  const isUnknown = (word: string): boolean => /^--?[a-z]/.test(word) && ![...known, '--help', '-h'].includes(word)
  const unknown = words.map(word => word.replace(/[=\]'"(:].*$/, '')).find(isUnknown)
  if (unknown !== undefined) return `kadm ${name} has no flag ${unknown}`
  const [, phase = ''] = words
  return name === 'explain' && /^[a-z]/.test(phase) && !isPhase(phase) ? `there is no phase '${phase}'` : undefined
}

function isPhase(path: string): boolean {
  try {
    return findPhase(path).path === path
  } catch {
    return false
  }
}

const problems = (mentions: readonly Mention[]): readonly string[] =>
  mentions.flatMap(mention => {
    const problem = problemOf(mention)
    return problem === undefined ? [] : [`${mention.place}: ${problem} (kadm ${mention.words.join(' ')})`]
  })

test('every command, flag and phase that a message, a hint or a help text names exists', () => {
  const mentions = sourceTexts().flatMap(mentionsIn)

  expect(mentions.length).toBeGreaterThan(150)
  expect(problems(mentions)).toEqual([])
})

test('every command, flag and phase that the README and the docs name exists', () => {
  const mentions = documentTexts().flatMap(mentionsIn)

  expect(mentions.length).toBeGreaterThan(150)
  expect(problems(mentions)).toEqual([])
})

test.each([
  ["const hint = 'run kadm renew check'", "there is no command 'kadm renew'"],
  ["const hint = 'upgrade the node (kadm upgrade)'", "there is no command 'kadm upgrade'"],
  ['const hint = `remove it first: kadm drain ${name}`', "there is no command 'kadm drain'"],
  ["const hint = `use kadm ${kind === 'a' ? 'reset' : 'upgrade'}`", "there is no command 'kadm upgrade'"],
  ["const hint = 'run `kadm it` now'", "there is no command 'kadm it'"],
  ["const hint = 'list them: kadm token show'", "there is no command 'kadm token show'"],
  ["const hint = 'kadm reset HOST --from MASTER'", 'kadm reset has no flag --from'],
  ["const examples = ['<%= config.bin %> explain pki']", "there is no phase 'pki'"],
])('%s is found', (source, problem) => {
  const found = textsOfSource('x.ts', source).flatMap(mentionsIn).map(problemOf)

  expect(found).toContain(problem)
})

test.each([
  "const hint = 'kadm turns it on; then run kadm apply --dry-run, or kadm plan'",
  'const hint = `run kadm reset ${name} --to ${master}`',
  "const hint = 'see /var/lib/kadm remove it; kadm.yaml upgrade'",
  "const hint = 'kadm lab exec NAME m -- ls --all'",
])('%s is in order', source => {
  expect(textsOfSource('x.ts', source).flatMap(mentionsIn).map(problemOf).filter(Boolean)).toEqual([])
})

test('a document is read by paragraph, and its blocks of code by line', () => {
  const text = 'Run `kadm\ndrain x`.\n\n```\nkadm join a \\\n  --nowhere b\nkadm status\n```\n'
  const found = textsOfMarkdown('x.md', text).flatMap(mentionsIn)

  expect(found.map(problemOf)).toEqual([
    "there is no command 'kadm drain'",
    'kadm join has no flag --nowhere',
    undefined,
  ])
})
