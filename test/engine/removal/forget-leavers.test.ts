import {describe, expect, it} from 'vitest'
import type {Facts} from '../../../src/domain/facts.ts'
import type {Leaver} from '../../../src/domain/removal.ts'
import type {Candidate} from '../../../src/engine/hosts/open-machines.ts'
import {knowingLeavers} from '../../../src/engine/removal/forget-leavers.ts'
import {sampleCluster, sampleFacts, sampleSpec} from '../../phases/preflight/sample.ts'
import {fakeHost} from '../fake-host.ts'

const host = (name: string, changes: Partial<Facts>): Candidate => ({
  spec: sampleSpec({name}),
  host: fakeHost(name),
  gathered: {facts: sampleFacts(10, changes), midpointSeconds: 0},
})
const {firewall} = sampleFacts(10)
const open = host('open', {nodeName: 'open'})
const closed = host('closed', {nodeName: 'closed', firewall: {...firewall, ufw: true}})
const bare = host('bare', {nodeName: undefined, firewall: {...firewall, ufw: true}})
const ALL = [open, closed, bare]

const leaver = (role: Leaver['role']): Leaver => ({
  name: 'x',
  address: '10.0.0.3',
  role,
  isListed: true,
  isDead: false,
})
const named = (endpoint: string | undefined, role: Leaver['role']) =>
  knowingLeavers(ALL, sampleCluster({controlPlaneEndpoint: endpoint}), [leaver(role)]).map(({host: {name}}) => name)

describe('the machines that have something for a node that leaves', () => {
  it('are those whose firewall kadm opened for it', () => {
    expect(named(undefined, 'worker')).toEqual(['closed'])
    expect(named('api.example.org:6443', 'control-plane')).toEqual(['closed'])
  })

  it('are all nodes when a control plane leaves local load balancers, but not a host that has not joined', () => {
    expect(named('api.kadm.internal:7443', 'control-plane')).toEqual(['open', 'closed'])
    expect(named('api.kadm.internal:7443', 'worker')).toEqual(['closed'])
  })

  it('are the control planes that share an address with it', () => {
    const mark = {type: 'file', mode: '0700', owner: 'root', size: 1, sha256: undefined} as const
    const member = host('member', {nodeName: 'member', files: {'/etc/keepalived/kadm-check': mark}})
    const virtualAddress = {address: '10.0.0.9', provider: 'keepalived', networkInterface: undefined} as const
    const cluster = sampleCluster({controlPlaneEndpoint: '10.0.0.9:6443', virtualAddress})
    const knowing = (role: Leaver['role']) =>
      knowingLeavers([member, ...ALL], cluster, [leaver(role)]).map(({host: {name}}) => name)

    expect(knowing('control-plane')).toEqual(['member', 'closed'])
    expect(knowing('worker')).toEqual(['closed'])
  })
})
