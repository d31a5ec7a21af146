import {describe} from 'vitest'
import {clusterCases} from './vm-cluster-cases.ts'
import {bootWorker} from './vm-pair.ts'

describe('a VM as the worker of a control plane beside it', () => {
  clusterCases(() => bootWorker('e2e-vm-cluster'))
})
