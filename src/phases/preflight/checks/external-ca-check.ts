import {externalAuthorities, unsignedFiles} from '../../../domain/external-ca.ts'
import {error, ok, type HostCheck} from '../input.ts'

/** kadm issues no certificate whose authority has its key elsewhere: all of them must be there before anything changes. */
export const externalCaCheck: HostCheck = (view, {cluster}) => {
  const name = 'ExternalCA'
  if (!view.isControlPlane) return []
  const external = externalAuthorities(view.facts)
  if (external.length === 0) return []
  const missing = unsignedFiles(cluster, view.facts)
  if (missing.length === 0) return [ok(name, view, `uses what ${external.join(', ')} signed elsewhere`)]
  const message = `has the certificate of ${external.join(', ')} without the key, so kadm cannot sign these files, which are missing: ${missing.join(', ')}`
  const remedy = `write the requests with kadm certs csr FOLDER, let your CA sign them, and copy the certificates, keys and kubeconfigs to these paths on ${view.label}`
  return [{...error(name, view, message, remedy), mandatory: true}]
}
