import {expect, test} from 'vitest'
import {repositoryOf} from '../../src/domain/repository.ts'
import {supportedVersion} from '../../src/domain/version.ts'

const version = supportedVersion('v1.37.2')

test('packages come from the community, with its key by https', () => {
  expect(repositoryOf({version, source: {kind: 'online'}})).toEqual({
    url: 'https://pkgs.k8s.io/core:/stable:/v1.37/deb/',
    key: {kind: 'web', url: 'https://pkgs.k8s.io/core:/stable:/v1.37/deb/Release.key'},
    fingerprint: 'DE15B14486CD377B9E876E1A234654DA9A296436',
  })
})

test('a mirror that signs by itself has its own key', () => {
  const packages = {url: 'http://mirror/deb', keyFile: 'm.asc', keyFingerprint: `${'ab12 '.repeat(9)}ab12`}

  expect(repositoryOf({version, source: {kind: 'online', packages}})).toEqual({
    url: 'http://mirror/deb/',
    key: {kind: 'file', path: 'm.asc'},
    fingerprint: 'AB12'.repeat(10),
  })
})

test('a plain mirror has the key of the community beside its packages', () => {
  expect(repositoryOf({version, source: {kind: 'online', packages: {url: 'https://mirror/deb/'}}})).toMatchObject({
    key: {url: 'https://mirror/deb/Release.key'},
    fingerprint: 'DE15B14486CD377B9E876E1A234654DA9A296436',
  })
})
