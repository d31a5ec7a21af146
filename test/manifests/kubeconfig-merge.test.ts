import {describe, expect, it} from 'vitest'
import {parse} from 'yaml'
import {kubeconfig} from '../../src/manifests/kubeconfig.ts'
import {mergeKubeconfig} from '../../src/manifests/kubeconfig-merge.ts'

const added = (server = 'https://10.0.0.1:6443', ca = 'CA') =>
  kubeconfig({
    clusterName: 'kubernetes',
    server,
    caPem: ca,
    user: 'kubernetes-admin',
    credentials: {kind: 'certificate', certPem: 'NEW', keyPem: 'KEY'},
  })

const existing = `# my clusters
apiVersion: v1
kind: Config
preferences: {colors: true}
current-context: work
clusters:
- name: work   # do not touch
  cluster: {server: https://work.example, insecure-skip-tls-verify: true}
contexts:
- name: work
  context: {cluster: work, user: me}
users:
- name: me
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: login}
`

const keep = {name: 'demo', makeCurrent: false}

describe('merging a kubeconfig', () => {
  it('writes a whole file where there was none', () => {
    expect(parse(mergeKubeconfig(undefined, added(), keep))).toMatchObject({
      'current-context': 'demo',
      clusters: [{name: 'demo', cluster: {server: 'https://10.0.0.1:6443'}}],
      contexts: [{name: 'demo', context: {cluster: 'demo', user: 'demo'}}],
      users: [{name: 'demo'}],
    })
  })

  it('keeps every entry, comment and setting of the user', () => {
    const merged = mergeKubeconfig(existing, added(), keep)
    const [before, after] = [existing, merged].map(text => parse(text) as Record<string, unknown[]>)

    expect(merged).toContain('# my clusters')
    expect(merged).toContain('# do not touch')
    for (const list of ['clusters', 'contexts', 'users'])
      expect(after?.[list]).toEqual([...(before?.[list] ?? []), expect.anything()])
    expect(after?.['preferences']).toEqual({colors: true})
    expect(after?.['current-context']).toBe('work')
  })

  it('makes the cluster the current one when asked', () => {
    expect(parse(mergeKubeconfig(existing, added(), {name: 'demo', makeCurrent: true}))).toMatchObject({
      'current-context': 'demo',
    })
  })

  it('changes nothing the second time', () => {
    const once = mergeKubeconfig(existing, added(), keep)

    expect(mergeKubeconfig(once, added(), keep)).toBe(once)
  })

  it('renews its own entry and keeps the namespace the user chose in it', () => {
    const once = mergeKubeconfig(existing, added(), keep)
    const chosen = once.replace(/context:\n( +)cluster: "demo"/, 'context:\n$1namespace: mine\n$1cluster: "demo"')

    const merged = parse(mergeKubeconfig(chosen, added('https://10.0.0.1:6443', 'CA2'), keep)) as {
      clusters: unknown[]
      contexts: unknown[]
    }

    expect(chosen).toContain('namespace: mine')
    expect(merged.contexts[1]).toEqual({name: 'demo', context: {cluster: 'demo', user: 'demo', namespace: 'mine'}})
    expect(merged.clusters[1]).toMatchObject({cluster: {'certificate-authority-data': 'Q0Ey'}})
  })

  it('refuses to replace another cluster of the same name', () => {
    const once = mergeKubeconfig(existing, added(), keep)

    expect(() => mergeKubeconfig(once, added('https://10.9.9.9:6443', 'OTHER'), keep)).toThrow(
      "another cluster named 'demo'",
    )
  })

  it('refuses a file that is not YAML instead of losing it', () => {
    expect(() => mergeKubeconfig('a: [', added(), keep)).toThrow('not valid YAML')
  })
})
