import {describe} from 'vitest'
import {clusterCases} from '../e2e/vm-cluster-cases.ts'
import {bootPair} from '../e2e/vm-pair.ts'

describe('a control plane and a worker that are both VMs', () => {
  clusterCases(() => bootPair('release-vm-cluster'))
})
