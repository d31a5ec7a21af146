import {PORTS} from '../domain/ports.ts'
import {hostPort, loopback} from '../domain/endpoint.ts'
import {images} from '../domain/images.ts'
import {PKI_DIR} from '../domain/paths.ts'
import {type Flags, mergeFlags, userFlag} from './flags.ts'
import type {Pod} from './kube-object.ts'
import {caMounts, envsOf, mergeMounts, probeHost, samePath, staticPod, type StaticPodInput} from './static-pod.ts'

/** The static pod of kube-apiserver (kubeadm phases/controlplane/manifests.go). */
export function apiServerPod({cluster, node, host}: StaticPodInput): Pod {
  const extra = cluster.extra.apiServer
  return staticPod({
    name: 'kube-apiserver',
    image: images(cluster.version, cluster.imageRepository).apiserver,
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
    mounts: mergeMounts([samePath('k8s-certs', PKI_DIR, 'DirectoryOrCreate'), ...caMounts(host)], extra),
  })
}

function ownFlags({cluster, node}: StaticPodInput): Flags {
  const {apiServer, etcd} = cluster.extra
  const hasAuthorizationConfig = userFlag(apiServer.args, 'authorization-config') !== undefined
  return {
    'advertise-address': node.address,
    'allow-privileged': 'true',
    'authorization-mode': hasAuthorizationConfig ? undefined : 'Node,RBAC',
    'client-ca-file': `${PKI_DIR}/ca.crt`,
    'enable-admission-plugins': 'NodeRestriction',
    'enable-bootstrap-token-auth': 'true',
    'etcd-servers':
      userFlag(etcd.args, 'advertise-client-urls') ?? `https://${hostPort(loopback(node), PORTS.etcdClient)}`,
    'etcd-cafile': `${PKI_DIR}/etcd/ca.crt`,
    'etcd-certfile': `${PKI_DIR}/apiserver-etcd-client.crt`,
    'etcd-keyfile': `${PKI_DIR}/apiserver-etcd-client.key`,
    'kubelet-client-certificate': `${PKI_DIR}/apiserver-kubelet-client.crt`,
    'kubelet-client-key': `${PKI_DIR}/apiserver-kubelet-client.key`,
    'kubelet-preferred-address-types': 'InternalIP,ExternalIP,Hostname',
    'proxy-client-cert-file': `${PKI_DIR}/front-proxy-client.crt`,
    'proxy-client-key-file': `${PKI_DIR}/front-proxy-client.key`,
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-client-ca-file': `${PKI_DIR}/front-proxy-ca.crt`,
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-username-headers': 'X-Remote-User',
    'secure-port': String(cluster.apiPort),
    'service-account-issuer': `https://kubernetes.default.svc.${cluster.network.dnsDomain}`,
    'service-account-key-file': `${PKI_DIR}/sa.pub`,
    'service-account-signing-key-file': `${PKI_DIR}/sa.key`,
    'service-cluster-ip-range': cluster.network.serviceSubnets.join(','),
    'tls-cert-file': `${PKI_DIR}/apiserver.crt`,
    'tls-private-key-file': `${PKI_DIR}/apiserver.key`,
  }
}
