import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

import fc from 'fast-check'
import {describe, expect, test} from 'vitest'

import {formatTarget, parseTarget} from '../../src/config/rules/target.ts'
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
    ['alice@corp.example@10.0.0.1', {address: '10.0.0.1', user: 'alice@corp.example'}],
    ['a@b@c@host:22', {address: 'host', user: 'a@b@c', port: 22}],
    ['CORP\\alice@h', {address: 'h', user: 'CORP\\alice'}],
    ['CORP+alice$@h', {address: 'h', user: 'CORP+alice$'}],
    ['J\u00fcrgen@h', {address: 'h', user: 'J\u00fcrgen'}],
    ['1000@h', {address: 'h', user: '1000'}],
    ['DOMAIN\\John Smith@h', {address: 'h', user: 'DOMAIN\\John Smith'}],
    ['ssh://alice@host:2222', {address: 'host', user: 'alice', port: 2222}],
    ['SSH://host/', {address: 'host'}],
    ['ssh://alice%40corp.example@host', {address: 'host', user: 'alice@corp.example'}],
    ['ssh://alice;fingerprint=SHA256-x@host', {address: 'host', user: 'alice'}],
    ['ssh://[fe80::1%25eth0]:22', {address: 'fe80::1%eth0', port: 22}],
    ['fe80::1%eth0', {address: 'fe80::1%eth0'}],
    ['[fe80::1%eth0.10]:22', {address: 'fe80::1%eth0.10', port: 22}],
    ['[fe80::1%25br-lan]', {address: 'fe80::1%br-lan'}],
    ['root@fe80::1%en0', {address: 'fe80::1%en0', user: 'root'}],
    ['root@fd00::10', {address: 'fd00::10', user: 'root'}],
  ])('%s', (text, parts) => {
    expect(parseTarget(text)).toEqual(parts)
  })
})

describe('an invalid target is refused', () => {
  test.each([
    ['', "'' is not a host; write [user@]host[:port], with an IPv6 address in brackets"],
    ['ubuntu@', "'ubuntu@' is not a host; write [user@]host[:port], with an IPv6 address in brackets"],
    ['a@b@', "'a@b@' is not a host; write [user@]host[:port], with an IPv6 address in brackets"],
    ['@host', "'@host' is not a host; write [user@]host[:port], with an IPv6 address in brackets"],
    ['-oProxyCommand=x@host', "'-oProxyCommand=x' is not a login name"],
    ['a;b@host', "'a;b' is not a login name"],
    ['$(id)@host', "'$(id)' is not a login name"],
    ['CORP\\@host', "'CORP\\' is not a login name"],
    ['a\u0001b@host', "'a\u0001b' is not a login name"],
    ['ssh://host/path', "'host/path' is not an address; write an IP address or a host name"],
    ['ssh://a%zz@host', "'ssh://a%zz@host' is not a host; write [user@]host[:port], with an IPv6 address in brackets"],
    ['10.0.0.1%eth0', "'10.0.0.1%eth0' is not an address; write an IP address or a host name"],
    ['[fe80::1%]:22', "'fe80::1%' is not an IP address"],
    ['[fe80::1%a;b]', "'fe80::1%a;b' is not an IP address"],
    ['host:0', 'port 0 is out of range; use 1 to 65535'],
    ['host:70000', 'port 70000 is out of range; use 1 to 65535'],
    ['host:ssh', "'host:ssh' is not a host; write [user@]host[:port], with an IPv6 address in brackets"],
    ['010.1.1.1', "'010.1.1.1' is not an IP address; remove the leading zeros"],
    ['10.0.0.256', "'10.0.0.256' is not an IP address"],
    ['[10.0.0.1]', "'10.0.0.1' in brackets is not an IPv6 address"],
    ['-oProxyCommand=x', "'-oProxyCommand=x' is not an address; write an IP address or a host name"],
    [' a@host', "' a' is not a login name"],
    ['ho st', "'ho st' is not an address; write an IP address or a host name"],
  ])('%s', (text, message) => {
    expect(problems(() => parseTarget(text))).toEqual([message])
  })
})

test('every target comes back from its text as it was', () => {
  const target = fc.record({
    address: fc.oneof(fc.ipV4(), fc.constantFrom('fd00::1', '::1', 'fe80::1:2', 'fe80::1%eth0'), fc.domain()),
    port: fc.option(fc.integer({min: 1, max: 65_535}), {nil: undefined}),
    user: fc.option(fc.stringMatching(/^[a-z_][a-z0-9_@\\-]{0,9}[a-z]$/), {nil: undefined}),
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
  const config = join(import.meta.dirname, '../../src/config/rules')
  visit(join(config, 'target.ts'))

  expect(readdirSync(config)).toContain('target.ts')
  expect([...loaded].filter(name => name === 'zod' || name === 'yaml')).toEqual([])
  expect(loaded.size).toBeGreaterThan(2)
})
