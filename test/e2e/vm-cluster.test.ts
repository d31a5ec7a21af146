import {describe} from 'vitest'
import {clusterCases} from './vm-cluster-cases.ts'
import {bootWhatIsQuick} from './vm-pair.ts'

describe('a cluster whose worker is a VM, and its control plane too where there is KVM', () => {
  clusterCases(() => bootWhatIsQuick('e2e-vm-cluster'))
})
