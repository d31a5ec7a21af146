import fc from 'fast-check'
import {isIPv4, isIPv6} from 'node:net'
import {describe, expect, it} from 'vitest'
import {
  addressBytes,
  addressFromBytes,
  canonicalAddress,
  cidrContains,
  cidrSize,
  cidrsOverlap,
  formatAddress,
  formatCidr,
  isPrivateAddress,
  nthAddress,
  parseAddress,
  parseCidr,
  rangeContains,
} from '../../src/domain/cidr.ts'

const cidr = (text: string) => {
  const parsed = parseCidr(text)
  if (parsed === undefined) throw new Error(`no range: ${text}`)
  return parsed
}
const address = (text: string) => {
  const parsed = parseAddress(text)
  if (parsed === undefined) throw new Error(`no address: ${text}`)
  return parsed
}

describe('addresses', () => {
  it('are accepted exactly when Node accepts them, zones aside', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,24}$/)), text => {
        expect(parseAddress(text)?.family).toBe(isIPv4(text) ? 4 : isIPv6(text) ? 6 : undefined)
      }),
      {numRuns: 3000},
    )
  })

  it('come back from their text and their bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), text => {
        const parsed = address(text)
        expect(parseAddress(formatAddress(parsed))).toEqual(parsed)
        expect(addressFromBytes(addressBytes(parsed))).toEqual(parsed)
      }),
    )
  })

  it.each([
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['::', '::'],
    ['fd00::', 'fd00::'],
    ['::ffff:10.0.0.1', '::ffff:a00:1'],
    ['api.example', 'api.example'],
  ])('%s is written %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical)
  })
})

describe('ranges', () => {
  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/01', '10.0.0/8', '/8', 'fd00::/129', '10.0.0.0/8/8', '10.0.0.0/'])(
    '%s is none',
    text => {
      expect(parseCidr(text)).toBeUndefined()
    },
  )

  it('know their network, whatever address of it was written', () => {
    expect(formatCidr(cidr('192.168.56.10/24'))).toBe('192.168.56.0/24')
    expect(formatCidr(cidr('10.1.2.3/0'))).toBe('0.0.0.0/0')
  })

  it.each([
    ['10.96.0.0/12', 1, '10.96.0.1'],
    ['10.96.0.0/12', 10, '10.96.0.10'],
    ['fd02::/112', 10, 'fd02::a'],
    ['10.0.0.0/30', 3, '10.0.0.3'],
    ['10.0.0.0/30', 4, undefined],
  ])('%s has at %i the address %s', (range, index, wanted) => {
    expect(nthAddress(cidr(range), index)).toBe(wanted)
  })

  it('have as many addresses as their prefix leaves', () => {
    expect(cidrSize(cidr('10.0.0.0/24'))).toBe(256n)
    expect(cidrSize(cidr('fd00::/64'))).toBe(2n ** 64n)
  })

  it.each([
    ['10.244.0.0/16', '10.244.255.255', true],
    ['10.244.0.0/16', '10.245.0.0', false],
    ['10.244.0.0/16', '10.243.255.255', false],
    ['0.0.0.0/0', '::1', false],
  ])('%s contains %s: %s', (range, inner, wanted) => {
    expect(cidrContains(cidr(range), address(inner))).toBe(wanted)
  })

  it.each([
    ['10.0.0.0/8', '10.96.0.0/12', true],
    ['10.96.0.0/12', '10.0.0.0/8', true],
    ['10.96.0.0/12', '10.112.0.0/12', false],
    ['10.0.0.0/8', 'fd00::/8', false],
  ])('%s overlaps %s: %s', (a, b, wanted) => {
    expect(cidrsOverlap(cidr(a), cidr(b))).toBe(wanted)
  })
})

it.each([
  ['10.0.0.0/8', '10.255.255.255', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['fd00::/64', 'fd00::1', true],
  ['10.0.0.0/8', '::ffff:10.0.0.1', false],
  ['10.0.0.0', '10.0.0.0', false],
  ['10.0.0.0/8', 'worker', false],
])('whether %s contains %s: %s', (range, address, contained) => {
  expect(rangeContains(range, address)).toBe(contained)
})

it.each([
  ['10.1.2.3', true],
  ['172.31.255.255', true],
  ['172.32.0.0', false],
  ['192.168.56.10', true],
  ['100.64.0.1', true],
  ['169.254.1.1', true],
  ['127.0.0.1', true],
  ['fd00::1', true],
  ['fe80::1', true],
  ['::1', true],
  ['8.8.8.8', false],
  ['2001:db8::1', false],
  ['worker', false],
])('whether %s is a private address: %s', (address, isPrivate) => {
  expect(isPrivateAddress(address)).toBe(isPrivate)
})
