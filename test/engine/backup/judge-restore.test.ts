import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {inspect} from '../../../src/certs/inspect.ts'
import type {Cluster} from '../../../src/domain/cluster.ts'
import type {FileFacts} from '../../../src/domain/facts.ts'
import {judgeBackup, judgeMachines, restoredSources} from '../../../src/engine/backup/judge-restore.ts'
import type {Restoring} from '../../../src/engine/backup/restoring.ts'
import {sampleCluster, sampleFacts} from '../../phases/preflight/sample.ts'

const CA = readFileSync(new URL('../../certs/golden/real-kubeadm-v1.37.2/ca.crt', import.meta.url), 'utf8')
const HASH = inspect(CA).publicKeyHash
const cluster = sampleCluster()

const KEYS = new Map(
  ['ca', 'front-proxy-ca', 'etcd-ca']
    .flatMap(name => [`${name}.crt`, `${name}.key`])
    .concat('sa.key', 'sa.pub')
    .map(entry => [entry, entry === 'ca.crt' ? CA : `text of ${entry}`]),
)

const backup = (more: Partial<Restoring> = {}): Restoring => ({
  file: 'cluster.backup',
  snapshot: {
    clusterCaHash: HASH,
    clusterUid: 'uid',
    kubernetesVersion: cluster.version.text,
    nodes: ['cp-1'],
    revision: 7,
    sha256: 'ab'.repeat(32),
    size: 1024,
  },
  keys: KEYS,
  files: new Map(),
  ask: () => Promise.resolve(),
  ...more,
})

const snapshotOf = (more: Partial<Restoring['snapshot']>): Restoring['snapshot'] => ({...backup().snapshot, ...more})

const withVolume = (hostPath: string): Cluster => ({
  ...cluster,
  extra: {
    ...cluster.extra,
    apiServer: {
      ...cluster.extra.apiServer,
      volumes: [{name: 'enc', hostPath, mountPath: '/enc', readOnly: true, pathType: undefined}],
    },
  },
})

const refusal = (given: Cluster, restoring: Restoring): string => {
  try {
    judgeBackup(given, restoring)
    return 'accepted'
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
}

describe('a backup', () => {
  it('that fits the file is accepted, with the files that the file mounts', () => {
    expect(refusal(cluster, backup())).toBe('accepted')
    const files = new Map([['/etc/kubernetes/enc/config.yaml', 'x']])
    expect(refusal(withVolume('/etc/kubernetes/enc'), backup({files}))).toBe('accepted')
  })

  it.each<[string, Cluster, Partial<Restoring>, string]>([
    [
      'of another Kubernetes minor',
      cluster,
      {snapshot: snapshotOf({kubernetesVersion: 'v1.29.4'})},
      `it is of a cluster with Kubernetes v1.29.4, but the file asks for ${cluster.version.text}`,
    ],
    [
      'with keys of another cluster',
      cluster,
      {snapshot: snapshotOf({clusterCaHash: '00'.repeat(32)})},
      'its keys are of another cluster than its snapshot',
    ],
    ['without a key', cluster, {keys: new Map([...KEYS, ['sa.key', '']])}, 'it has no sa.key'],
    [
      'with a file for another place',
      withVolume('/etc/kubernetes/enc'),
      {files: new Map([['/etc/cron.d/job', 'x']])},
      'it has files that no volume of the control plane in your file mounts: /etc/cron.d/job',
    ],
    [
      'with a file that leads out of its folder',
      withVolume('/etc/kubernetes/enc'),
      {files: new Map([['/etc/kubernetes/enc/../../shadow', 'x']])},
      'it has files that no volume of the control plane in your file mounts: /etc/kubernetes/enc/../../shadow',
    ],
    [
      'for a cluster with an etcd of its own',
      {...cluster, kubeadm: {externalEtcd: {endpoints: ['https://10.0.0.9:2379']}}},
      {},
      'the file names an etcd outside the cluster; restore its data with the tools of that etcd',
    ],
  ])('%s is refused', (_, given, more, why) => {
    expect(refusal(given, backup(more))).toBe(`cannot restore cluster.backup: ${why}`)
  })

  it('gives its keys and files to the run', async () => {
    const sources = restoredSources(backup({files: new Map([['/enc', 'secret']])}))
    expect(await sources.readAuthority?.('etcd-ca')).toEqual({
      certPem: 'text of etcd-ca.crt',
      keyPem: 'text of etcd-ca.key',
    })
    expect(await sources.readSharedFile?.({entry: '/enc', path: '/enc', isKey: true})).toBe('secret')
    expect(await sources.readClusterCa?.()).toBe(CA)
    expect(restoredSources(backup({keys: undefined}))).toEqual({})
  })
})

const file: FileFacts = {type: 'file', mode: '0600', owner: 'root:root', size: 1, sha256: undefined}
const machine = (name: string, clusterCaHash: string | undefined, hasKey = clusterCaHash !== undefined) => ({
  host: {name},
  gathered: {facts: sampleFacts(10, {clusterCaHash, files: hasKey ? {'/etc/kubernetes/pki/ca.key': file} : {}})},
})

describe('the machines of a restore', () => {
  it('are those of the cluster, or bare', () => {
    expect(() => judgeMachines([machine('cp-1', HASH), machine('cp-2', undefined)], backup())).not.toThrow()
    expect(() => judgeMachines([machine('cp-1', undefined)], backup())).not.toThrow()
  })

  it.each([
    ['a backup', {}],
    ['a snapshot', {keys: undefined}],
  ])('of another cluster than %s are refused with both CAs', (_, restoring) => {
    const other = machine('cp-2', 'cd'.repeat(32))
    expect(() => judgeMachines([machine('cp-1', undefined), other], backup(restoring))).toThrow(
      expect.objectContaining({
        code: 'preflight',
        message: 'cluster.backup is of another cluster than cp-2; nothing was changed',
        evidence: `cluster.backup: CA sha256:${HASH.slice(0, 12)}…\ncp-2: CA sha256:cdcdcdcdcdcd…`,
      }),
    )
  })

  it('must have the keys that a snapshot does not have', () => {
    expect(() => judgeMachines([machine('cp-1', HASH)], backup({keys: undefined}))).not.toThrow()
    expect(() => judgeMachines([machine('cp-1', undefined)], backup({keys: undefined}))).toThrow(
      'no control plane of the file has the keys of the cluster; nothing was changed',
    )
  })
})
