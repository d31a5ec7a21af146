import type {KadmError} from '../../domain/errors.ts'
import {ApiError} from '../../kube/api-error.ts'
import {trustCode} from '../../kube/failure.ts'
import type {Diagnosis} from '../diagnosis.ts'
import type {Repair} from './expected.ts'

/**
 * What it means that the API does not answer the administrator of its own control plane (`host`), who uses the files
 * there.
 */
export function apiRefusal(error: KadmError, host: string, repair: Repair): Diagnosis {
  const meaning = refusedCertificate(error, host, repair) ?? refusedUser(error, host, repair) ?? silence(host, repair)
  return {...meaning, certainty: 'certain', proof: [error.message], nodes: [host]}
}

type Meaning = Pick<Diagnosis, 'name' | 'cause' | 'fix'>

function refusedCertificate(error: KadmError, host: string, repair: Repair): Meaning | undefined {
  const code = trustCode(error)
  if (code === undefined) return undefined
  if (/EXPIRED|NOT_YET_VALID/.test(code))
    return {
      name: 'api-certificate-time',
      cause: `the certificate of the API server on ${host} is not valid at this time (${code})`,
      fix: `compare the clocks (\`date -u\`) here and on ${host}; if they agree: ${repair.cluster} creates a new certificate`,
    }
  return {
    name: 'api-certificate',
    cause: `the API server on ${host} shows a certificate that this cluster's CA did not sign (${code})`,
    fix: `${repair.cluster} creates a new one`,
  }
}

function refusedUser(error: KadmError, host: string, repair: Repair): Meaning | undefined {
  if (!(error instanceof ApiError)) return undefined
  if (error.status === 401)
    return {
      name: 'api-admin-unknown',
      cause: `the API refuses the credentials of /etc/kubernetes/admin.conf on ${host}: they have expired or belong to another CA`,
      fix: `${repair.cluster} creates a new admin.conf`,
    }
  if (error.status === 403)
    return {
      name: 'api-admin-forbidden',
      cause: `the user of /etc/kubernetes/admin.conf on ${host} is not allowed to read the cluster: ClusterRoleBinding kubeadm:cluster-admins is missing or was changed`,
      fix: `${repair.cluster} creates it again`,
    }
  return undefined
}

const silence = (host: string, repair: Repair): Meaning => ({
  name: 'api-silent',
  cause: `the API server of the cluster does not answer requests through ${host}`,
  fix: `${repair.why()}; then ${repair.cluster}`,
})
