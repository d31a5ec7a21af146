import {describe, expect, it} from 'vitest'
import {missingFor, requireComplete, type BundleNeeds} from '../../src/bundle/missing.ts'
import type {Bundle} from '../../src/domain/bundle.ts'
import {AGNHOST_NEXT_IMAGE} from '../../src/domain/releases.ts'
import {supportedVersion} from '../../src/domain/version.ts'
import {imageNeeds, inFolder, sampleBundle} from './sample.ts'

const needs: BundleNeeds = {roles: ['control-plane', 'worker'], images: imageNeeds, architecture: 'amd64'}

const without = (bundle: Bundle, ...names: readonly string[]): Bundle => ({
  ...bundle,
  entries: bundle.entries.filter(entry => !names.includes(entry.kind === 'binary' ? entry.name : entry.ref)),
})

describe('missingFor', () => {
  it('finds nothing missing in a whole bundle', async () =>
    inFolder(async dir => {
      expect(missingFor(await sampleBundle(dir), needs)).toEqual([])
    }))

  it('names each binary and image that does not exist', async () =>
    inFolder(async dir => {
      const bundle = without(await sampleBundle(dir), 'kubelet', 'registry.k8s.io/etcd:3.7.0-0', AGNHOST_NEXT_IMAGE)

      expect(missingFor(bundle, needs)).toEqual([
        'binary kubelet',
        `image ${AGNHOST_NEXT_IMAGE}`,
        'image registry.k8s.io/etcd:3.7.0-0',
      ])
    }))

  it('asks for no control plane image where only workers join', async () =>
    inFolder(async dir => {
      const bundle = without(await sampleBundle(dir), 'registry.k8s.io/etcd:3.7.0-0')

      expect(missingFor(bundle, {...needs, roles: ['worker']})).toEqual([])
    }))
})

describe('requireComplete', () => {
  it('accepts a whole bundle', async () =>
    inFolder(async dir => {
      const bundle = await sampleBundle(dir)
      expect(() => requireComplete(dir, bundle, needs)).not.toThrow()
    }))

  it('refuses a bundle of another version, another architecture, or with a gap', async () =>
    inFolder(async dir => {
      const bundle = await sampleBundle(dir)
      const other = {...imageNeeds, version: supportedVersion('v1.36.1')}

      expect(() => requireComplete(dir, bundle, {...needs, images: other})).toThrow(
        'is for Kubernetes v1.37.2, not v1.36.1',
      )
      expect(() => requireComplete(dir, bundle, {...needs, architecture: 'arm64'})).toThrow('the hosts are arm64')
      expect(() => requireComplete(dir, without(bundle, 'runc'), needs)).toThrow('does not contain binary runc')
    }))
})
