import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {CA_NAMES} from '../../src/domain/certificates.ts'
import {signedOn} from '../../src/domain/external-ca.ts'
import {signingRequests} from '../../src/engine/cluster/signing-requests.ts'
import {writeRequests} from '../../src/engine/cluster/write-requests.ts'
import {sampleCluster, sampleFacts} from '../phases/preflight/sample.ts'
import {sampleNode} from './sample-run.ts'

const base = sampleCluster()
const cluster = {...base, pki: {...base.pki, algorithm: 'ECDSA-P256'}} as const
const node = sampleNode('cp-1', 'control-plane')
const toSign = signedOn(
  {node, facts: sampleFacts(10)},
  {cluster, nodes: [node], elsewhere: CA_NAMES, leader: node.host},
)

describe('the requests of a control plane', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kadm-csr-'))
  })
  afterEach(() => rmSync(folder, {recursive: true, force: true}))

  it('are those of kubeadm certs generate-csr, for their owner only, and replace nothing', async () => {
    const files = await signingRequests({cluster, endpoint: 'https://api.example:6443', toSign}, node)
    await writeRequests(folder, files)

    expect(readdirSync(join(folder, 'cp-1')).toSorted()).toEqual([
      ...['admin.conf', 'admin.conf.csr', 'controller-manager.conf', 'controller-manager.conf.csr', 'kubelet.conf'],
      ...[
        'kubelet.conf.csr',
        'pki',
        'scheduler.conf',
        'scheduler.conf.csr',
        'super-admin.conf',
        'super-admin.conf.csr',
      ],
    ])
    const names = ['apiserver-etcd-client', 'apiserver-kubelet-client', 'apiserver', 'front-proxy-client']
    const pki = [...names.flatMap(name => [`${name}.csr`, `${name}.key`]), 'etcd']
    expect(readdirSync(join(folder, 'cp-1/pki')).toSorted()).toEqual(pki.toSorted())
    expect(readdirSync(join(folder, 'cp-1/pki/etcd'))).toHaveLength(6)
    for (const {path, text} of files) {
      expect(statSync(join(folder, path)).mode & 0o777).toBe(0o600)
      expect(readFileSync(join(folder, path), 'utf8')).toBe(text)
    }
    expect(readFileSync(join(folder, 'cp-1/admin.conf'), 'utf8')).toContain('client-key-data')
    await expect(writeRequests(folder, files)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('already exists, and kadm never replaces a key') as string,
    })
  })
})
