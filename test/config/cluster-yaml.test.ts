import fc from 'fast-check'
import {expect, test} from 'vitest'

import {clusterToYaml} from '../../src/config/write/cluster-yaml.ts'
import {readCluster} from '../../src/config/read/read-cluster.ts'
import {anyCluster} from './any-cluster.ts'
import {environment, file, read} from './reading.ts'
import {CA, CNI, FULL} from './sample.ts'

const files = environment({'/etc/cni.yaml': CNI, '/etc/ca.pem': CA})

test('a cluster with every option is written out in full', async () => {
  await expect(clusterToYaml(FULL)).toMatchFileSnapshot('golden/full.kadm.yaml')
})

test('the shortest file is written out with its defaults', async () => {
  await expect(clusterToYaml(read(file()).cluster)).toMatchFileSnapshot('golden/defaults.kadm.yaml')
})

test('a cluster with every option comes back from its file as it was', () => {
  expect(readCluster('kadm.yaml', clusterToYaml(FULL), files).cluster).toEqual(FULL)
})

test('every valid cluster comes back from its file as it was', () => {
  fc.assert(
    fc.property(anyCluster, cluster => {
      expect(readCluster('kadm.yaml', clusterToYaml(cluster), files).cluster).toEqual(cluster)
    }),
  )
})
