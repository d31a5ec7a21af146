import {describe, expect, test} from 'vitest'
import {bytesOf, decode, encode, integer, items, octets, sequence, time} from '../../src/certs/der.ts'

const hex = (tree: Parameters<typeof encode>[0]): string => encode(tree).toString('hex')

describe('a positive number', () => {
  test.each([
    [[0x7f], '02017f'],
    [[0x80], '02020080'],
    [[0xff, 0x01], '020300ff01'],
  ])('of the bytes %j is never read as a negative one', (bytes, der) => {
    expect(hex(integer(Uint8Array.from(bytes)))).toBe(der)
  })
})

describe('a time', () => {
  test('has two digits of the year up to 2049 and four from 2050', () => {
    expect(encode(time(new Date('2049-12-31T23:59:59Z'))).toString('latin1')).toContain('491231235959Z')
    expect(encode(time(new Date('2050-01-01T00:00:00Z'))).toString('latin1')).toContain('20500101000000Z')
  })
})

test('a primitive value has no parts, and a constructed one no bytes', () => {
  const tree = decode(encode(sequence(octets(Uint8Array.of(1, 2)))))

  expect(bytesOf(tree)).toHaveLength(0)
  expect(bytesOf(undefined)).toHaveLength(0)
  expect(items(items(tree)[0])).toEqual([])
  expect(items(undefined)).toEqual([])
  expect([...bytesOf(items(tree)[0])]).toEqual([1, 2])
})
