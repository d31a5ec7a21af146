import {expect, test} from 'vitest'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import {kubeconfigsPhase} from '../../src/phases/control-plane/kubeconfigs.ts'
import {file} from './preflight/sample.ts'
import {sampleContext} from './sample-context.ts'

const templates = readTemplates()
const API = '/etc/kubernetes/manifests/kube-apiserver.yaml'
const SUPER_ADMIN = '/etc/kubernetes/super-admin.conf'

const isWanted = (on: 'master' | 'second', files: readonly string[]): boolean => {
  const context = sampleContext(templates, {on})
  const facts = {...context.facts, files: Object.fromEntries(files.map(path => [path, file]))}
  const wanted = kubeconfigsPhase.resources?.({...context, facts}) ?? []
  return wanted.some(({id}) => id.endsWith(SUPER_ADMIN))
}

// `second` is one of two control planes, `master` the only one.
test.each([
  ['a bare host that creates the cluster', 'second', [], true],
  ['the host that created the cluster', 'second', [API, SUPER_ADMIN], true],
  ['a host that joined the cluster and leads this run', 'second', [API], false],
  ['the only control plane, which lost the file', 'master', [API], true],
] as const)('the kubeconfig for emergencies is for %s: %s, %j', (_, on, files, expected) => {
  expect(isWanted(on, files)).toBe(expected)
})
