import {compareVersions, kubeletMayJoin, parseVersion, type KubernetesVersion} from '../../../domain/version.ts'
import {error, info, ok, warning, type HostCheck, type PreflightInput, type HostView} from '../input.ts'
import type {Finding} from '../finding.ts'

/**
 * The version of the running cluster, from the API server's manifest, else from the kubelet on the same host; undefined
 * when none of the hosts is its control plane.
 */
function runningVersion(
  view: HostView,
  {hosts, cluster, clusterCaHash}: PreflightInput,
): KubernetesVersion | undefined {
  // When hosts join a cluster, its version comes from the cluster itself.
  if (clusterCaHash !== undefined) return cluster.version
  const controlPlane = hosts.find(
    ({node, facts}) => node.role === 'control-plane' && facts.clusterCaHash === view.facts.clusterCaHash,
  )
  if (controlPlane === undefined) return undefined
  const {apiServerVersion, kubelet} = controlPlane.facts
  return parseVersion(apiServerVersion ?? '') ?? parseVersion(kubelet.version ?? '')
}

/**
 * Another release than the running one is an upgrade, which has its own order; apply must not do it as a side effect.
 */
export const versionChangeCheck: HostCheck = (view, input) => {
  const name = 'VersionChange'
  if (!view.isMember) return []
  const wanted = input.cluster.version
  const cluster = runningVersion(view, input)
  const kubelet = parseVersion(view.facts.kubelet.version ?? '')
  if (cluster !== undefined && compareVersions(cluster, wanted) !== 0) {
    const own = view.isControlPlane ? cluster : (kubelet ?? cluster)
    return [refused(view, input, own, cluster)]
  }
  if (kubelet === undefined || compareVersions(kubelet, wanted) === 0) return [ok(name, view, wanted.text)]
  if (cluster === undefined) return [refused(view, input, kubelet, kubelet)]
  if (compareVersions(kubelet, wanted) < 0 && kubeletMayJoin(kubelet, wanted)) {
    const message = `its kubelet runs ${kubelet.text}, the cluster ${wanted.text}; Kubernetes allows that`
    return [
      warning(
        name,
        view,
        message,
        `kadm leaves it at ${kubelet.text}; drain the node and upgrade its kubelet yourself`,
      ),
    ]
  }
  const side = compareVersions(kubelet, wanted) > 0 ? 'newer' : 'too old for it'
  const message = `its kubelet runs ${kubelet.text}, the cluster ${wanted.text}: ${side}`
  const remedy = `remove the node (kadm reset ${view.label}) and join it again`
  return [{...error(name, view, message, remedy), mandatory: true}]
}

function refused(
  view: HostView,
  {command = 'apply', cluster: {version}}: PreflightInput,
  own: KubernetesVersion,
  running: KubernetesVersion,
): Finding {
  const isFile = command !== 'init'
  const message = `runs ${own.text} but ${isFile ? 'the file' : 'kadm init'} asks for ${version.text}`
  const setting = isFile ? `kubernetesVersion: ${running.text}` : `--kubernetes-version ${running.text}`
  const remedy = `kadm ${command === 'preflight' ? 'apply' : command} does not upgrade; set ${setting}`
  return {...error('VersionChange', view, message, remedy), mandatory: true}
}

/** For a kubelet that was installed before the host became a node of this cluster. */
export const kubeletVersionCheck: HostCheck = (view, {cluster}) => {
  const name = 'KubeletVersion'
  const {version: text} = view.facts.kubelet
  const wanted = cluster.version
  if (text === undefined) return [info(name, view, 'no kubelet is installed', `kadm installs ${wanted.text}`)]
  const version = parseVersion(text)
  if (version === undefined) {
    return [
      error(name, view, `its kubelet reports version '${text}'`, 'remove /usr/bin/kubelet; kadm installs a release'),
    ]
  }
  // VersionChange reports the kubelet of a node.
  if (view.isMember || compareVersions(version, wanted) === 0) return [ok(name, view, version.text)]
  if (compareVersions(version, wanted) > 0) {
    const remedy = `choose --kubernetes-version ${version.text}, or remove the kubelet from the host`
    return [error(name, view, `its kubelet ${version.text} is newer than the cluster's ${wanted.text}`, remedy)]
  }
  return [info(name, view, `${version.text} is older than ${wanted.text}`, `kadm installs ${wanted.text}`)]
}
