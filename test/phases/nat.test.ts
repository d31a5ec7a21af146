import {expect, test} from 'vitest'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import {natRules, natUnit} from '../../src/manifests/nat.ts'
import {natPhase} from '../../src/phases/host/nat.ts'
import {sampleContext} from './sample-context.ts'

const templates = readTemplates()

test('the rules stand in a table of their own and name the ranges and the way out', async () => {
  const options = {ranges: ['192.168.57.0/24', '192.168.58.0/24'], outside: 'enp0s3'}

  await expect(natRules(templates, options)).toMatchFileSnapshot('golden/nat/kadm-nat.nft')
  await expect(natUnit(templates)).toMatchFileSnapshot('golden/nat/kadm-nat.service')
})

test('a host that is asked for ranges lets them out by its default route, now and after a reboot', () => {
  const context = sampleContext(templates, {on: 'master'})
  const node = {...context.node, host: {...context.node.host, nat: ['192.168.57.0/24']}}

  const ids = natPhase.resources?.({...context, node}).map(({id}) => id)

  expect(natPhase.when?.({...context, node})).toBe(true)
  expect(ids).toStrictEqual([
    'file:/etc/kadm-nat.nft',
    'file:/etc/systemd/system/kadm-nat.service',
    'unit:kadm-nat.service',
    'loaded-rules:kadm-nat',
  ])
})
