import {externalEtcdFiles} from '../../../domain/shared-certs.ts'
import {error, ok, warning, type EndpointAnswer, type HostCheck} from '../input.ts'

/** The API server reaches an etcd outside the cluster with these files; the control planes that join copy them. */
export const externalEtcdCheck: HostCheck = (view, {cluster, leader}) => {
  const name = 'ExternalEtcdClientCertificates'
  const paths = externalEtcdFiles(cluster).map(({path}) => path)
  if (paths.length === 0 || view.node.host !== leader) return []
  const missing = paths.filter(path => view.facts.files[path] === undefined)
  if (missing.length === 0) return [ok(name, view, 'has the files for the etcd outside the cluster')]
  const message = `needs these files to reach the etcd outside the cluster: ${missing.join(', ')}`
  return [error(name, view, message, `copy them from the owner of that etcd to ${view.label}`)]
}

const SAID = {
  'unknown-name': 'the name is not known',
  refused: 'nothing listens there',
  silent: 'no answer within 5 s',
} as const satisfies Partial<Record<EndpointAnswer['kind'], string>>

/** An API server never starts without its etcd. One of several members may be down. */
export const outsideEtcdCheck: HostCheck = view => {
  const name = 'ExternalEtcd'
  const asked = [...(view.outsideEtcd ?? [])]
  if (asked.length === 0) return []
  const wrong = asked.flatMap(([endpoint, answer]) => {
    const kind = answer?.kind
    return kind === 'unknown-name' || kind === 'refused' || kind === 'silent' ? [`${endpoint} (${SAID[kind]})`] : []
  })
  if (wrong.length === 0) return [ok(name, view, 'reaches the etcd outside the cluster')]
  const message = `does not reach the etcd outside the cluster: ${wrong.join(', ')}`
  const remedy = `check that etcd runs, its address in the file, and the firewalls between ${view.label} and etcd`
  return [wrong.length === asked.length ? error(name, view, message, remedy) : warning(name, view, message, remedy)]
}
