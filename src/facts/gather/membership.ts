import {program} from '../../remote/shell/program.ts'
import {createHash, X509Certificate} from 'node:crypto'
import type {Facts} from '../../domain/facts.ts'
import {restoreStateIn, type RestoreState} from '../../domain/restore.ts'
import * as paths from '../../domain/paths.ts'
import {given, keyed, type Section} from '../section.ts'

interface Membership {
  readonly kubeletVersion: string | undefined
  readonly kubeletRuns: boolean
  readonly cgroupDriver: Facts['kubelet']['cgroupDriver']
  readonly nodeIp: string | undefined
  readonly nodeName: string | undefined
  readonly apiServer: string | undefined
  readonly advertiseAddress: string | undefined
  readonly apiServerVersion: string | undefined
  readonly clusterCaHash: string | undefined
  readonly certificatesDir: string | undefined
  readonly etcdDataDir: string | undefined
  readonly restore: RestoreState | undefined
}

/** What makes this host a node of some cluster. Certificates are public; no key and no token is printed. */
export const membershipSection: Section<Membership> = {
  name: 'membership',
  script: program('facts-membership', {
    kubelet_config: paths.KUBELET_CONFIG,
    kubelet_flags_env: paths.KUBELET_FLAGS_ENV,
    kubelet_conf: paths.KUBELET_CONF,
    manifests_dir: paths.MANIFESTS_DIR,
    kubelet_client_pem: paths.KUBELET_CLIENT_PEM,
    restore_dir: paths.RESTORE_DIR,
  }),
  parse(text) {
    const [head = '', kubeletPem = '', caPem = ''] = text.split(/^certificate \w+\n/m)
    // Both kubeadm's plain and our quoted YAML are met.
    const entries = keyed(head.replaceAll(/["']/g, ''))
    const driver = entries['driver']
    return {
      kubeletVersion: /v\d+\.\d+\.\d+\S*/.exec(entries['kubelet'] ?? '')?.[0],
      kubeletRuns: entries['running'] === 'yes',
      cgroupDriver: driver === 'systemd' || driver === 'cgroupfs' ? driver : undefined,
      nodeIp: given(entries['node-ip']),
      nodeName: nodeOf(kubeletPem) ?? given(entries['node']) ?? given(entries['hostname-override']),
      apiServer: given(entries['server']),
      advertiseAddress: given(entries['advertise']),
      apiServerVersion: given(entries['api-version']),
      clusterCaHash: publicKeyHash(caPem),
      certificatesDir: given(entries['pki-dir']),
      etcdDataDir: given(entries['etcd-dir']),
      restore: restoreStateIn(entries['restore'] ?? ''),
    }
  },
}

function certificate(pem: string): X509Certificate | undefined {
  try {
    return pem.includes('BEGIN CERTIFICATE') ? new X509Certificate(pem) : undefined
  } catch {
    // A half-written file is a fact of its own: the hash is then unknown and the file's facts show its size.
    return undefined
  }
}

const nodeOf = (pem: string): string | undefined => /^CN=system:node:(.+)$/m.exec(certificate(pem)?.subject ?? '')?.[1]

/** What `--discovery-token-ca-cert-hash` names, without its `sha256:`. */
function publicKeyHash(pem: string): string | undefined {
  const key = certificate(pem)?.publicKey
  return (
    key &&
    createHash('sha256')
      .update(key.export({type: 'spki', format: 'der'}))
      .digest('hex')
  )
}
