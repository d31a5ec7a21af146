import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

import fc from 'fast-check'
import {describe, expect, test} from 'vitest'

import {formatTarget, parseTarget} from '../../src/config/target.ts'
import {problems} from './reading.ts'

describe('a target is taken apart', () => {
  test.each([
    ['10.0.0.10', {address: '10.0.0.10'}],
    ['ubuntu@10.0.0.10', {address: '10.0.0.10', user: 'ubuntu'}],
    ['ubuntu@master.example.com:2222', {address: 'master.example.com', user: 'ubuntu', port: 2222}],
    ['[fd00::10]:22', {address: 'fd00::10', port: 22}],
    ['root@[fd00::10]', {address: 'fd00::10', user: 'root'}],
    ['fd00::10', {address: 'fd00::10'}],
    ['my_alias', {address: 'my_alias'}],
  ])('%s', (text, parts) => {
    expect(parseTarget(text)).toEqual(parts)
  })
})

describe('what is no target is refused', () => {
  test.each([
    ['', "'' is no host; write [user@]host[:port], with an IPv6 address in brackets"],
    ['ubuntu@', "'ubuntu@' is no host; write [user@]host[:port], with an IPv6 address in brackets"],
    ['a@b@c', "'a@b@c' is no host; write [user@]host[:port], with an IPv6 address in brackets"],
    ['host:0', 'port 0 is not from 1 to 65535'],
    ['host:70000', 'port 70000 is not from 1 to 65535'],
    ['host:ssh', "'host:ssh' is no host; write [user@]host[:port], with an IPv6 address in brackets"],
    ['010.1.1.1', "'010.1.1.1' is no IP address; write its numbers without leading zeros"],
    ['10.0.0.256', "'10.0.0.256' is no IP address"],
    ['[10.0.0.1]', "'10.0.0.1' in brackets is no IPv6 address"],
    ['-oProxyCommand=x', "'-oProxyCommand=x' is no address; write an IP address or a host name"],
    ['a b@host', "'a b' is no login name"],
    ['ho st', "'ho st' is no address; write an IP address or a host name"],
  ])('%s', (text, message) => {
    expect(problems(() => parseTarget(text))).toEqual([message])
  })
})

test('every target comes back from its text as it was', () => {
  const target = fc.record({
    address: fc.oneof(fc.ipV4(), fc.constantFrom('fd00::1', '::1', 'fe80::1:2'), fc.domain()),
    port: fc.option(fc.integer({min: 1, max: 65_535}), {nil: undefined}),
    user: fc.option(fc.stringMatching(/^[a-z_][a-z0-9_-]{0,9}$/), {nil: undefined}),
  })
  fc.assert(
    fc.property(target, parts => {
      expect(parseTarget(formatTarget(parts))).toEqual(parts)
    }),
  )
})

test('the parser of targets loads neither zod nor yaml', () => {
  const loaded = new Set<string>()
  const visit = (file: string): void => {
    if (loaded.has(file)) return
    loaded.add(file)
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(
      /^(?:import|export) (?!type ).*? from '([^']+)'/gms,
    )) {
      if (name.startsWith('.')) visit(join(dirname(file), name))
      else loaded.add(name)
    }
  }
  const config = join(import.meta.dirname, '../../src/config')
  visit(join(config, 'target.ts'))

  expect(readdirSync(config)).toContain('target.ts')
  expect([...loaded].filter(name => name === 'zod' || name === 'yaml')).toEqual([])
  expect(loaded.size).toBeGreaterThan(2)
})
