import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {keysFor, parseKnownHosts} from '../../src/remote/host-keys/known-hosts.ts'
import {makeKey} from './servers/openssh.ts'
import {newFolder} from './folder.ts'
import {program} from './program.ts'

const dir = newFolder('known')
const keys = ['a', 'b', 'c'].map(name =>
  readFileSync(`${makeKey(join(dir, name))}.pub`, 'utf8')
    .split(' ')
    .slice(0, 2)
    .join(' '),
)

/** The line numbers that ssh-keygen itself finds for a name. */
const asOpenSsh = (file: string, name: string): readonly number[] => {
  try {
    const out = program('ssh-keygen', ['-F', name, '-f', file])
    return [...out.matchAll(/found: line (\d+)/g)].map(m => Number(m[1]))
  } catch {
    return []
  }
}
const asKadm = (file: string, name: string): readonly number[] =>
  keysFor(parseKnownHosts(readFileSync(file, 'utf8'), file), name.toLowerCase()).map(k => k.line)

const host = fc.constantFrom(
  'master',
  'Master',
  'worker-1',
  'a.example.org',
  'b.example.org',
  '10.0.0.1',
  '10.0.0.12',
  'fe80::1',
)
const name = fc.oneof(
  host,
  host.map(h => `[${h}]:2222`),
)
const pattern = fc.oneof(
  {weight: 4, arbitrary: name},
  {
    weight: 1,
    arbitrary: fc.constantFrom('*', '*.example.org', '10.0.0.?', '?aster', '[*]:2222', '[10.0.0.*]:2222', 'w*-?'),
  },
)
const negatable = fc.oneof({weight: 4, arbitrary: pattern}, {weight: 1, arbitrary: pattern.map(p => `!${p}`)})
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom('', '', '', '@revoked '),
        fc.array(negatable, {minLength: 1, maxLength: 4}),
        fc.constantFrom(...keys),
      )
      .map(([marker, names, key]) => `${marker}${names.join(',')} ${key} a comment`),
  },
  {weight: 1, arbitrary: fc.constantFrom('', '# a comment', 'nonsense', '   ')},
)

test('finds the lines that ssh-keygen -F finds, plain, with ports, wildcards and negation', () => {
  const file = join(dir, 'plain')
  fc.assert(
    fc.property(fc.array(line, {minLength: 1, maxLength: 8}), name, (lines, wanted) => {
      writeFileSync(file, `${lines.join('\n')}\n`)
      expect(asKadm(file, wanted)).toEqual(asOpenSsh(file, wanted))
    }),
    {numRuns: 150},
  )
})

test('finds the same names after ssh-keygen -H hashed them', () => {
  const file = join(dir, 'hashed')
  const one = fc.tuple(name, fc.constantFrom(...keys)).map(([n, key]) => `${n.toLowerCase()} ${key}`)
  fc.assert(
    fc.property(fc.array(one, {minLength: 1, maxLength: 6}), name, (lines, wanted) => {
      writeFileSync(file, `${lines.join('\n')}\n`)
      const before = asKadm(file, wanted)
      program('ssh-keygen', ['-H', '-f', file], {stdio: 'ignore'})

      expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|/)
      expect(asKadm(file, wanted)).toEqual(before)
      // ssh lowers the name before it looks; ssh-keygen leaves that to its user.
      expect(asKadm(file, wanted)).toEqual(asOpenSsh(file, wanted.toLowerCase()))
    }),
    {numRuns: 40},
  )
})
