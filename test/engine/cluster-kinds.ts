import {certificateSpec, wantedCertificate} from '../../src/domain/certificates.ts'
import {derivedSecret} from '../../src/resources/files/derived-secret.ts'
import {caCertificate} from '../../src/resources/pki/ca-certificate.ts'
import {certificate} from '../../src/resources/pki/certificate.ts'
import {kubeconfig} from '../../src/resources/pki/kubeconfig.ts'
import {serviceAccountKey} from '../../src/resources/pki/service-account-key.ts'
import {sharedFile} from '../../src/resources/pki/shared-file.ts'
import {userKubeconfig} from '../../src/resources/pki/user-kubeconfig.ts'
import {cluster, node, START} from '../resources/cluster-values.ts'
import type {KindSample} from './every-kind.ts'

const why = 'a test needs it'
const at = {
  type: 'file',
  mode: '0644',
  owner: 'root:root',
  ids: '0:0',
  sha256: 'a'.repeat(64),
  text: undefined,
} as const
const nothing = (...missing: readonly string[]) => ({type: 'absent', missing}) as const

/** One of each kind that knows of a cluster. */
export const CLUSTER_KINDS: readonly KindSample[] = [
  {
    resource: caCertificate('/etc/kubernetes/pki/ca.crt'),
    original: nothing('/etc/kubernetes/pki'),
    applied: at,
    undone: nothing('/etc/kubernetes/pki', '/etc/kubernetes'),
  },
  {
    resource: sharedFile({entry: 'external-etcd.key', path: '/etc/etcd/client.key', isKey: true}, why),
    original: nothing('/etc/etcd'),
    applied: at,
    undone: nothing('/etc/etcd', '/etc'),
  },
  {
    resource: derivedSecret({
      path: '/etc/keepalived/auth.conf',
      from: '/etc/kubernetes/pki/sa.key',
      purpose: 'demo',
      prefix: 'auth_pass ',
      why,
    }),
    original: {type: 'absent', mode: '0000', missing: ['/etc/keepalived']},
    applied: {type: 'same', mode: '0600', missing: []},
    undone: {type: 'absent', mode: '0000', missing: ['/etc/keepalived', '/etc']},
  },
  {
    resource: certificate({
      name: 'apiserver',
      signer: certificateSpec('apiserver').signer,
      wanted: wantedCertificate('apiserver', cluster, node),
      algorithm: 'ECDSA-P256',
      at: START.toISOString(),
      why,
    }),
    original: {certPem: undefined, keyPublicHash: undefined, caPem: 'the authority'},
    applied: {certPem: 'a certificate', keyPublicHash: 'its key', caPem: 'the authority'},
    undone: {certPem: undefined, keyPublicHash: undefined, caPem: undefined},
  },
  {
    resource: kubeconfig({
      path: '/etc/kubernetes/scheduler.conf',
      user: 'system:kube-scheduler',
      server: 'https://10.0.0.10:6443',
      clusterName: 'kubernetes',
      wanted: wantedCertificate('apiserver', cluster, node),
      algorithm: 'ECDSA-P256',
      caPath: '/etc/kubernetes/pki/ca.crt',
      at: START.toISOString(),
      why,
    }),
    original: {text: undefined, caPem: 'the authority'},
    applied: {text: 'kind: Config\n', caPem: 'the authority'},
    undone: {text: undefined, caPem: undefined},
  },
  {
    resource: serviceAccountKey('ECDSA-P256'),
    original: {key: false, pub: false},
    applied: {key: true, pub: true},
    undone: {key: false, pub: false},
  },
  {
    resource: userKubeconfig({home: '/home/ubuntu', uid: 1000, gid: 1000}),
    original: {folder: true, file: 'absent'},
    applied: {folder: true, file: 'same'},
    undone: {folder: false, file: 'absent'},
  },
]
