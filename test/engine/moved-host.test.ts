import {expect, test} from 'vitest'
import {addressesAround, rangeAround} from '../../src/engine/workflows/moved-host.ts'
import {link, sampleFacts} from '../phases/preflight/sample.ts'

const at = (cidr: string, connectedAddress = cidr.split('/')[0]) => {
  const {network} = sampleFacts(12)
  return {network: {...network, connectedAddress, interfaces: [link('enp0s8', [cidr])]}}
}

test('a machine is looked for at all other addresses of its network', () => {
  const around = addressesAround(at('192.168.56.12/24'))

  expect(around).toHaveLength(253)
  expect([around[0], around.at(-1)]).toEqual(['192.168.56.1', '192.168.56.254'])
  expect(around).not.toContain('192.168.56.12')
  expect(rangeAround(at('192.168.56.12/24'))).toBe('192.168.56.0/24')
})

test('of a wide network only the part around its old address is asked, of a narrow one no more than that', () => {
  expect(addressesAround(at('10.1.2.3/8'))).toHaveLength(253)
  expect(addressesAround(at('10.1.2.3/8'))[0]).toBe('10.1.2.1')
  expect(addressesAround(at('10.1.2.3/30'))).toEqual(['10.1.2.1', '10.1.2.2'].filter(a => a !== '10.1.2.3'))
  expect(addressesAround(at('10.1.2.3/31'))).toEqual([])
})

test('nothing is searched where the address says nothing: IPv6, one that is not on the machine, a NAT of its own', () => {
  expect(addressesAround(at('fd00::12/64'))).toEqual([])
  expect(addressesAround(at('192.168.56.12/24', '203.0.113.5'))).toEqual([])
  expect(addressesAround(at('192.168.56.12/24', undefined))).toHaveLength(253)
  const nat = at('10.0.2.15/24')
  const routes = [{destination: 'default', device: 'enp0s3', gateway: '10.0.2.2', table: 'main'}]
  expect(addressesAround({network: {...nat.network, routes}})).toEqual([])
  expect(rangeAround(at('fd00::12/64'))).toBe('')
})
