import type {Evidence, ManifestFile} from '../../domain/evidence.ts'
import * as paths from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {given, keyed, linesOf, wholeNumber, wordsOf, type Section} from '../section.ts'

/** Those of the control plane are looked at first, and of the others so many that it takes no time. */
const OF_COMPONENTS = ['kube-apiserver', 'etcd', 'kube-controller-manager', 'kube-scheduler'].map(
  name => `${paths.MANIFESTS_DIR}/${name}.yaml`,
)
const MOST_MANIFESTS = 60

/** What says how far the joining of a cluster came, and what the kubelet is to run by itself. */
export const joinSection: Section<Pick<Evidence, 'join' | 'manifests' | 'kubeletConfig' | 'controlPlane'>> = {
  name: 'join',
  script: sh`[ -s ${paths.BOOTSTRAP_KUBELET_CONF} ] && echo 'bootstrap yes'
[ -s ${paths.KUBELET_CONF} ] && echo 'kubeconfig yes'
[ -s ${paths.KUBELET_CLIENT_PEM} ] && echo 'certificate yes'
[ -s ${paths.ADMIN_CONF} ] && echo 'admin yes'
[ -s ${paths.PKI_DIR}/apiserver.crt ] && echo 'apiserver yes'
for file in ${paths.BOOTSTRAP_KUBELET_CONF} ${paths.KUBELET_CONF}; do sed -n 's/^ *server: */server /p' "$file" | head -n 1; done
[ -s ${paths.KUBELET_CONFIG} ] && echo 'config yes'
cat ${paths.KUBELET_CONFIG} ${paths.KUBELET_INSTANCE_CONFIG} | sed -nE 's/^(cgroupDriver|resolvConf|failSwapOn|containerRuntimeEndpoint): */\1 /p'
sed -n 's/^ *- *.\{0,1\}--etcd-servers=/etcd /p' ${paths.MANIFESTS_DIR}/kube-apiserver.yaml
told=' ' seen=0
for file in ${OF_COMPONENTS} ${paths.MANIFESTS_DIR}/*; do
  [ -f "$file" ] || continue
  case $told in *" $file "*) continue;; esac
  seen=$((seen + 1)); [ "$seen" -le ${MOST_MANIFESTS} ] || break
  told="$told$file "
  pod=$(sed -n '/^metadata:/,/^[a-z]/s/^  name: *//p' "$file" | head -n 1)
  echo "manifest $(basename "$file" | tr ' ' '?') $(stat -L -c %Z "$file") $([ -n "$pod" ] && echo "$pod" || echo -) $(sed -n 's/^ *\(- \)\{0,1\}image: *//p' "$file" | head -n 1)"
done
:`,
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
