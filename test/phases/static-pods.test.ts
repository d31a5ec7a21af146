import {expect, test} from 'vitest'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import {staticPodsInForce} from '../../src/phases/control-plane/static-pods.ts'
import {sampleContext} from './sample-context.ts'

const templates = readTemplates()

/** The files for which the API server is restarted, with these flags and one mounted folder. */
function apiServerFiles(...args: readonly (readonly [name: string, value: string])[]): readonly string[] {
  const context = sampleContext(templates, {on: 'master'})
  const {cluster} = context
  const apiServer = {
    ...cluster.extra.apiServer,
    args: args.map(([name, value]) => ({name, value})),
    volumes: [{name: 'own', hostPath: '/srv/own', mountPath: '/own', readOnly: false, pathType: undefined}],
  }
  const found = staticPodsInForce({...context, cluster: {...cluster, extra: {...cluster.extra, apiServer}}})
  return found.find(({name}) => name === 'kube-apiserver')?.files.filter(path => path.startsWith('/srv/own/')) ?? []
}

test('a component is restarted for the files that it reads at its start, by their paths on the host', () => {
  expect(
    apiServerFiles(['audit-policy-file', '/own/policy.yaml'], ['service-account-key-file', '/own/more.pub']),
  ).toEqual(['/srv/own/policy.yaml', '/srv/own/more.pub'])
})

test.each(['audit-log-path', 'log-file'])('a component is not restarted for its own log: --%s', flag => {
  expect(apiServerFiles([flag, '/own/audit.log'])).toEqual([])
})
