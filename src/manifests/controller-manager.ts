import {PORTS} from '../domain/ports.ts'
import type {Cluster} from '../domain/cluster.ts'
import {imagesOf} from '../domain/images.ts'
import {pkiDir} from '../domain/kubeadm-places.ts'
import {CONTROLLER_MANAGER_CONF} from '../domain/paths.ts'
import {mountsFlexvolumeDir} from '../domain/version.ts'
import {type Flags, mergeFlags, userFlag} from './flags.ts'
import type {Pod} from './kube-object.ts'
import {
  caMounts,
  type Mount,
  envsOf,
  mergeMounts,
  probeHost,
  samePath,
  staticPod,
  type StaticPodInput,
} from './static-pod.ts'

const FLEXVOLUME_DIR = '/usr/libexec/kubernetes/kubelet-plugins/volume/exec'

/** The static pod of kube-controller-manager. */
export function controllerManagerPod({cluster, host}: StaticPodInput): Pod {
  const extra = cluster.extra.controllerManager
  return staticPod({
    name: 'kube-controller-manager',
    image: imagesOf(cluster).controllerManager,
    flags: mergeFlags(ownFlags(cluster, host.isCaExternal === true), extra.args),
    env: envsOf(extra),
    probe: {
      host: probeHost(userFlag(extra.args, 'bind-address') ?? '127.0.0.1'),
      port: Number(userFlag(extra.args, 'secure-port') ?? PORTS.controllerManager),
      scheme: 'HTTPS',
      livez: '/healthz',
      readyz: undefined,
      startup: '/healthz',
    },
    startupSeconds: cluster.startupSeconds,
    requests: {cpu: '200m'},
    mounts: mergeMounts(
      [
        samePath('k8s-certs', pkiDir(cluster), 'DirectoryOrCreate'),
        samePath('kubeconfig', CONTROLLER_MANAGER_CONF, 'FileOrCreate'),
        ...caMounts(host),
        ...flexvolumeMount(cluster),
      ],
      extra,
    ),
  })
}

function flexvolumeMount(cluster: Cluster): readonly Mount[] {
  if (!mountsFlexvolumeDir(cluster.version)) return []
  const dir = userFlag(cluster.extra.controllerManager.args, 'flex-volume-plugin-dir') ?? FLEXVOLUME_DIR
  return [samePath('flexvolume-dir', dir, 'DirectoryOrCreate', false)]
}

/** Without the key of its CA, the controller manager signs no certificates, as in a cluster of kubeadm. */
function ownFlags(cluster: Cluster, isCaExternal: boolean): Flags {
  const {podSubnets, serviceSubnets} = cluster.network
  const hasPods = podSubnets.length > 0
  const pki = pkiDir(cluster)
  return {
    'allocate-node-cidrs': hasPods ? 'true' : undefined,
    'authentication-kubeconfig': CONTROLLER_MANAGER_CONF,
    'authorization-kubeconfig': CONTROLLER_MANAGER_CONF,
    'bind-address': '127.0.0.1',
    'client-ca-file': `${pki}/ca.crt`,
    'cluster-cidr': hasPods ? podSubnets.join(',') : undefined,
    'cluster-name': cluster.name,
    'cluster-signing-cert-file': isCaExternal ? '' : `${pki}/ca.crt`,
    'cluster-signing-key-file': isCaExternal ? '' : `${pki}/ca.key`,
    controllers: '*,bootstrapsigner,tokencleaner',
    kubeconfig: CONTROLLER_MANAGER_CONF,
    'leader-elect': 'true',
    'requestheader-client-ca-file': `${pki}/front-proxy-ca.crt`,
    'root-ca-file': `${pki}/ca.crt`,
    'service-account-private-key-file': `${pki}/sa.key`,
    'service-cluster-ip-range': hasPods ? serviceSubnets.join(',') : undefined,
    'use-service-account-credentials': 'true',
  }
}
