import fc from 'fast-check'
import {expect, test} from 'vitest'

import {clusterToYaml} from '../../src/config/write/cluster-yaml.ts'
import {clusterFromFlags} from '../../src/config/read/from-flags.ts'
import {clusterFromKubeadm} from '../../src/config/read/from-kubeadm.ts'
import {migrate} from '../../src/config/write/migrate.ts'
import {readCluster} from '../../src/config/read/read-cluster.ts'
import {problems, environment} from './reading.ts'
import {CNI, FULL} from './sample.ts'

const GOOD = clusterToYaml(FULL)
const files = environment({'/etc/cni.yaml': CNI})

/** A good file with a piece of it replaced by something else. */
const damaged = fc
  .record({
    start: fc.nat(GOOD.length),
    length: fc.nat(40),
    piece: fc.oneof(
      fc.constantFrom(
        '',
        '\n',
        ': ',
        '- ',
        '[]',
        '{}',
        'null',
        '~',
        '1',
        '"',
        '&a ',
        '*a',
        '<<: ',
        '---\n',
        '\t',
        '!!binary ',
        '? ',
        '__proto__: 1\n',
      ),
      fc.string({maxLength: 8}),
    ),
  })
  .map(({start, length, piece}) => GOOD.slice(0, start) + piece + GOOD.slice(start + length))

test('no damage to a file ends in anything but a cluster or a clear error with places', () => {
  fc.assert(
    fc.property(damaged, text => {
      for (const line of problems(() => readCluster('kadm.yaml', text, files)))
        expect(line).toMatch(/^kadm\.yaml:\d+:\d+: \S/)
    }),
    {numRuns: 150},
  )
})

test('no damage makes a file with flags, a migration or a live cluster throw a bug', () => {
  fc.assert(
    fc.property(damaged, text => {
      problems(() => clusterFromFlags({podNetworkCidr: '10.1.0.0/16'}, files, {name: 'kadm.yaml', text}))
      problems(() => migrate('kubeadm.yaml', text, files))
      problems(() => clusterFromKubeadm({clusterConfiguration: text, kubelet: text, kubeProxy: text}))
    }),
    {numRuns: 40},
  )
})
