import {elsewhereFor, isEmpty, SIGN_THEM, signedOn, unsignedFiles} from '../../../domain/external-ca.ts'
import {error, ok, type HostCheck} from '../input.ts'

/** kadm issues no certificate whose authority has its key elsewhere: all of them must be there before anything changes. */
export const externalCaCheck: HostCheck = (view, {cluster, hosts, elsewhere = [], leader}) => {
  const name = 'ExternalCA'
  const nodes = hosts.map(({node}) => node)
  const wanted = signedOn(view, {cluster, nodes, elsewhere, leader})
  if (isEmpty(wanted)) return []
  const names = elsewhereFor(view, elsewhere).join(', ')
  const missing = unsignedFiles(wanted, view.facts)
  if (missing.length === 0) return [ok(name, view, `uses what ${names} signed elsewhere`)]
  const message = `needs these files, which kadm cannot sign without the key of ${names}: ${missing.join(', ')}`
  const remedy = `${SIGN_THEM} on ${view.label}`
  const finding = error(name, view, message, remedy)
  // A cluster may have another program that signs for kubelets.
  return [view.isControlPlane ? {...finding, mandatory: true} : finding]
}
