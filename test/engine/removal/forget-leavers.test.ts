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
})
