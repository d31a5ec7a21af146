import {readFileSync} from 'node:fs'
import {gunzipSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'
import type {ReadAt} from '../../../src/kube/snapshot/bolt.ts'
import {snapshotContents} from '../../../src/kube/snapshot/snapshot-contents.ts'

/** Made by etcd 3.7: an old and a new kubeadm-config, four nodes of which one was deleted, and 150 pods. */
const SNAPSHOT = gunzipSync(readFileSync(new URL('snapshot.db.gz', import.meta.url)))

const reading =
  (bytes: Buffer): ReadAt =>
  (at, length) =>
    Promise.resolve(bytes.subarray(at, at + length))

describe('a snapshot of etcd', () => {
  it('says which cluster it is of, by the newest values of its keys', async () => {
    expect(await snapshotContents(reading(SNAPSHOT))).toEqual({
      clusterCaHash: '083b821a173d46e1202b68205b9c298c4494b54d2500d4c5c455d00895a52e48',
      clusterUid: '6f1f2d0e-5a34-4f7c-9a53-1f6d7f3a9b10',
      kubernetesVersion: 'v1.37.2',
      nodes: ['cp-1', 'worker-1', 'worker-2'],
      revision: 160,
    })
  })

  it('is recognized by one of its two heads', async () => {
    const withoutFirst = Buffer.from(SNAPSHOT)
    withoutFirst.fill(0, 0, 4096)
    expect(await snapshotContents(reading(withoutFirst))).toMatchObject({kubernetesVersion: 'v1.37.2'})
  })

  it.each([
    ['of another format', Buffer.from('{"kind": "Pod"}'.repeat(1000))],
    ['without content', Buffer.alloc(0)],
    ['that ends early', SNAPSHOT.subarray(0, 20_000)],
  ])('is not a file %s', async (_, bytes) => {
    expect(await snapshotContents(reading(bytes))).toBeUndefined()
  })

  it('gives an answer for any damage, and never hangs', async () => {
    for (let at = 0; at < SNAPSHOT.length; at += 997) {
      const damaged = Buffer.from(SNAPSHOT)
      damaged.fill(0xff, at, at + 24)
      await expect(snapshotContents(reading(damaged))).resolves.not.toThrow()
    }
  })
})
