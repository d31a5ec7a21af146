import {describe, expect, test} from 'vitest'
import type {Facts} from '../../src/domain/facts.ts'
import {sameAsBefore} from '../../src/verify/reboot/same-as-before.ts'
import {sampleFacts} from '../phases/preflight/sample.ts'

const up = {active: 'active', enabled: 'enabled'}
const sample = sampleFacts(11, {
  units: {'kubelet.service': up, 'containerd.service': up},
  modules: {loaded: ['overlay', 'br_netfilter', 'vxlan'], builtin: [], loadable: true},
  sysctls: {'net.ipv4.ip_forward': '1', 'net.bridge.bridge-nf-call-iptables': '1', 'vm.swappiness': '60'},
  swap: [],
})
const before: Facts = {...sample, identity: {...sample.identity, bootId: 'first'}}
const after: Facts = {...sample, identity: {...sample.identity, bootId: 'second'}}

const lost = (now: Facts, was: Facts = before): readonly string[] =>
  sameAsBefore(was, now).flatMap(({name, ok, detail}) => (ok ? [] : [`${name}: ${detail}`]))

describe('a host after a reboot', () => {
  test('is as before when only its boot id is new', () => {
    expect(lost(after)).toEqual([])
    expect(sameAsBefore(before, after).map(({name, detail}) => `${name}: ${detail}`)).toEqual([
      'boot id: new',
      'swap: off',
      'kernel modules: overlay, br_netfilter',
      'kernel settings: net.bridge.bridge-nf-call-iptables, net.ipv4.ip_forward',
      'hostname: vm-11',
      'addresses: 192.168.56.11 on enp0s8',
      'services: kubelet.service, containerd.service',
    ])
  })

  test('that was not rebooted is reported', () => {
    expect(lost(before)).toEqual(['boot id: the machine was not rebooted'])
  })

  test('has no swap again', () => {
    const swap: Facts['swap'] = [
      {kind: 'unit', unit: 'swap.img.swap', device: '/swap.img', path: '/swap.img', active: true},
    ]

    expect(lost({...after, swap})).toEqual(['swap: /swap.img is on again (unit)'])
    expect(lost({...after, swap}, {...before, swap})).toEqual([])
    expect(lost({...after, swap: [{kind: 'outside', device: '/dev/sda2', path: '/dev/sda2', active: true}]})).toEqual(
      [],
    )
  })

  test('has the modules and settings that every node needs, and others may come when they are used', () => {
    const modules = {...after.modules, loaded: ['overlay']}
    const sysctls = {'net.bridge.bridge-nf-call-iptables': '1', 'net.ipv4.ip_forward': '0'}

    expect(lost({...after, modules, sysctls})).toEqual([
      'kernel modules: br_netfilter is no longer loaded',
      'kernel settings: net.ipv4.ip_forward was 1 and is 0',
    ])
  })

  test('has its name, its address and its services', () => {
    const network = {...after.network, interfaces: []}
    const units = {...after.units, 'kubelet.service': {active: 'inactive', enabled: 'disabled'}}

    expect(lost({...after, hostname: 'ubuntu', network, units})).toEqual([
      'hostname: was vm-11 and is ubuntu',
      'addresses: 192.168.56.11 on enp0s8 is missing',
      'services: kubelet.service is inactive',
    ])
  })
})
