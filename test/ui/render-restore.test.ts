import {describe, expect, it} from 'vitest'
import type {Restoring, RestoreTarget} from '../../src/engine/backup/restoring.ts'
import {renderRestore, renderRestored} from '../../src/ui/render-restore.ts'

const restoring: Restoring = {
  file: 'cluster.backup',
  snapshot: {
    clusterCaHash: 'ab',
    clusterUid: 'uid',
    kubernetesVersion: 'v1.37.2',
    nodes: ['cp-1', 'cp-2', 'worker-9'],
    revision: 4711,
    sha256: 'ab',
    size: 1,
  },
  keys: new Map([['ca.crt', 'x']]),
  files: new Map(),
  ask: () => Promise.resolve(),
}
const target: RestoreTarget = {
  first: 'cp-1',
  joining: ['cp-2'],
  others: ['worker-9'],
  kept: '/data/member.before-restore',
  isRunning: true,
}

describe('what a restore says before it asks', () => {
  it('names the state, the machines, what is lost, and the nodes that may go', () => {
    expect(renderRestore(restoring, target)).toBe(
      [
        'cluster.backup has the state of a cluster with Kubernetes v1.37.2 and 3 nodes (cp-1, cp-2, worker-9), at revision 4711 of etcd',
        'the CAs and the key of service accounts come from the file; certificates are issued for the machines of your file',
        'cp-1 gets this state; then cp-2 joins it',
        'etcd and the API servers stop meanwhile; pods continue to run. All changes since the snapshot are lost: pods, Secrets and other objects that are newer disappear',
        'the present data of etcd stay in /data/member.before-restore until the restored cluster works, and are then deleted; to keep them, save them first: kadm etcd backup',
        'worker-9: a node of the snapshot, not in your file; kadm removes the Node object of each machine that does not report to the restored cluster',
      ].join('\n'),
    )
  })

  it('says nothing of data that bare machines do not have', () => {
    const text = renderRestore({...restoring, keys: undefined}, {...target, joining: [], others: [], isRunning: false})
    expect(text.split('\n')).toHaveLength(2)
    expect(text).toMatch(/\ncp-1 gets this state$/)
  })
})

describe('what a restore says at its end', () => {
  it('names the file of the cluster, whatever its name', () => {
    expect(renderRestored({clusterFile: "$'FILE.yaml"})).toBe(
      "restored; next: kadm status -f $'FILE.yaml; kadm kubeconfig; kadm verify",
    )
  })
})
