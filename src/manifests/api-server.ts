import {hostPort} from '../domain/endpoint.ts'
import {imagesOf} from '../domain/images.ts'
import {pkiDir} from '../domain/kubeadm-places.ts'
import {etcdCertMounts, etcdFlags} from './external-etcd.ts'
import {type Flags, mergeFlags, userFlag} from './flags.ts'
import type {Pod} from './kube-object.ts'
import {
  caMounts,
  envsOf,
  EXTRA_CA_DIRS,
  mergeMounts,
  probeHost,
  samePath,
  staticPod,
  type StaticPodInput,
} from './static-pod.ts'

/** The static pod of kube-apiserver (kubeadm phases/controlplane/manifests.go). */
export function apiServerPod({cluster, node, host}: StaticPodInput): Pod {
  const extra = cluster.extra.apiServer
  return staticPod({
    name: 'kube-apiserver',
    image: imagesOf(cluster).apiserver,
    annotations: {
      'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': hostPort(node.address, cluster.apiPort),
    },
    flags: mergeFlags(ownFlags({cluster, node, host}), extra.args),
    env: envsOf(extra),
    probe: {
      host: probeHost(node.address),
      port: cluster.apiPort,
      scheme: 'HTTPS',
      livez: '/livez',
      readyz: '/readyz',
      startup: '/livez',
    },
    startupSeconds: cluster.startupSeconds,
    requests: {cpu: '250m'},
    mounts: mergeMounts(
      [
        samePath('k8s-certs', pkiDir(cluster), 'DirectoryOrCreate'),
        ...caMounts(host),
        ...etcdCertMounts(cluster, EXTRA_CA_DIRS),
      ],
      extra,
    ),
  })
}

function ownFlags({cluster, node}: StaticPodInput): Flags {
  const {apiServer} = cluster.extra
  const pki = pkiDir(cluster)
  const hasAuthorizationConfig = userFlag(apiServer.args, 'authorization-config') !== undefined
  return {
    'advertise-address': node.address,
    'allow-privileged': 'true',
    'authorization-mode': hasAuthorizationConfig ? undefined : 'Node,RBAC',
    'client-ca-file': `${pki}/ca.crt`,
    'enable-admission-plugins': 'NodeRestriction',
    'enable-bootstrap-token-auth': 'true',
    ...etcdFlags(cluster, node),
    'kubelet-client-certificate': `${pki}/apiserver-kubelet-client.crt`,
    'kubelet-client-key': `${pki}/apiserver-kubelet-client.key`,
    'kubelet-preferred-address-types': 'InternalIP,ExternalIP,Hostname',
    'proxy-client-cert-file': `${pki}/front-proxy-client.crt`,
    'proxy-client-key-file': `${pki}/front-proxy-client.key`,
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-client-ca-file': `${pki}/front-proxy-ca.crt`,
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-username-headers': 'X-Remote-User',
    'secure-port': String(cluster.apiPort),
    'service-account-issuer': `https://kubernetes.default.svc.${cluster.network.dnsDomain}`,
    'service-account-key-file': `${pki}/sa.pub`,
    'service-account-signing-key-file': `${pki}/sa.key`,
    'service-cluster-ip-range': cluster.network.serviceSubnets.join(','),
    'tls-cert-file': `${pki}/apiserver.crt`,
    'tls-private-key-file': `${pki}/apiserver.key`,
  }
}
