import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {addressIn, chooseSubnet, routedRanges} from '../../src/lab/network/subnet.ts'

const ROUTES = `default via 192.0.2.1 dev eth0 
10.77.0.0/24 dev kadm-1aadb317 proto kernel scope link src 10.77.0.1 
192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.2 
broadcast 10.77.1.255 dev other table local proto kernel scope link src 10.77.1.1
local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1`

describe('chooseSubnet', () => {
  it('takes the first range on a machine that routes nothing of it', () => {
    expect(chooseSubnet([])).toBe('10.77.0.0/24')
  })

  it('passes by what is routed, be it a network, a host or a broadcast address', () => {
    expect(chooseSubnet(routedRanges(ROUTES))).toBe('10.77.2.0/24')
  })

  it('leaves 10.0.0.0/8 alone when a private network has all of it', () => {
    expect(chooseSubnet(['10.0.0.0/8'])).toBe('192.168.100.0/24')
  })

  it('finds none when all is taken', () => {
    expect(chooseSubnet(['0.0.0.0/1', '128.0.0.0/1'])).toBeUndefined()
  })

  it('never gives one range to two labs', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 40}), labs => {
        const taken: string[] = []
        for (let i = 0; i < labs; i += 1) taken.push(chooseSubnet(taken) ?? '')
        expect(new Set(taken).size).toBe(labs)
      }),
    )
  })
})

describe('addressIn', () => {
  it('gives the nth address', () => {
    expect(addressIn('10.77.3.0/24', 11)).toBe('10.77.3.11')
  })
})
