import {program} from '../../remote/shell/program.ts'
import type {Evidence, ManifestFile} from '../../domain/evidence.ts'
import * as paths from '../../domain/paths.ts'
import {given, keyed, linesOf, wholeNumber, wordsOf, type Section} from '../section.ts'

/** Those of the control plane are looked at first, and of the others so many that it takes no time. */
const OF_COMPONENTS = ['kube-apiserver', 'etcd', 'kube-controller-manager', 'kube-scheduler'].map(
  name => `${paths.MANIFESTS_DIR}/${name}.yaml`,
)
const MOST_MANIFESTS = 60

/** What says how far the joining of a cluster came, and what the kubelet is to run by itself. */
export const joinSection: Section<Pick<Evidence, 'join' | 'manifests' | 'kubeletConfig' | 'controlPlane'>> = {
  name: 'join',
  script: program('evidence-join', {
    bootstrap_kubelet_conf: paths.BOOTSTRAP_KUBELET_CONF,
    kubelet_conf: paths.KUBELET_CONF,
    kubelet_client_pem: paths.KUBELET_CLIENT_PEM,
    admin_conf: paths.ADMIN_CONF,
    kubelet_config: paths.KUBELET_CONFIG,
    kubelet_instance_config: paths.KUBELET_INSTANCE_CONFIG,
    manifests_dir: paths.MANIFESTS_DIR,
    of_components: OF_COMPONENTS,
    most_manifests: MOST_MANIFESTS,
  }),
  parse(text) {
    const plain = text.replaceAll(/["']/g, '')
    const entries = keyed(plain)
    return {
      join: {
        hasBootstrapKubeconfig: entries['bootstrap'] === 'yes',
        hasKubeconfig: entries['kubeconfig'] === 'yes',
        hasClientCertificate: entries['certificate'] === 'yes',
        apiServer: given(entries['server']),
      },
      controlPlane: {
        adminConf: entries['admin'] === 'yes',
        apiCertificate: entries['apiserver'] === 'yes',
        etcdServers: given(entries['etcd']),
      },
      kubeletConfig:
        entries['config'] === 'yes'
          ? {
              cgroupDriver: given(entries['cgroupDriver']),
              resolvConf: given(entries['resolvConf']),
              runtimeEndpoint: given(entries['containerRuntimeEndpoint']),
              failSwapOn: entries['failSwapOn'] !== 'false',
            }
          : undefined,
      manifests: linesOf(plain).flatMap(manifestIn),
    }
  },
}

function manifestIn(line: string): readonly ManifestFile[] {
  const [key, file, changed, pod, image] = wordsOf(line)
  if (key !== 'manifest' || file === undefined) return []
  return [
    {
      file,
      pod: pod === '-' ? '' : (pod ?? ''),
      image,
      changedAt: changed === undefined ? undefined : wholeNumber(changed),
    },
  ]
}
