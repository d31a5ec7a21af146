import {describe} from 'vitest'
import {bootPair} from '../e2e/vm-pair.ts'
import {clusterCases} from './vm-cluster-cases.ts'

describe('a control plane and a worker that are both VMs', () => {
  clusterCases(() => bootPair('release-vm-cluster'))
})
