import {CNI_CONF_DIR, MANIFESTS_DIR} from '../../../domain/paths.ts'
import {repositoryOf} from '../../../domain/repository.ts'
import {kubeletComesBy, runtimeComesBy} from '../../host/packages.ts'
import {error, ok, warning, type HostCheck, type PreflightInput, type HostView} from '../input.ts'

/** The file that containerd creates from kadm's template (internal/cri/server/update_runtime_config.go). */
const OWN_CNI = `${CNI_CONF_DIR}/10-containerd-net.conflist`

const inFolder = (view: HostView, folder: string): readonly string[] =>
  Object.entries(view.facts.files)
    .filter(([path, {type}]) => path.startsWith(`${folder}/`) && type !== 'directory')
    .map(([path]) => path)
    .sort()

/** containerd uses the first file by name, and does not create kadm's network while another file exists. */
export const cniConfigCheck: HostCheck = (view, {cluster}) => {
  const name = 'PodNetworkConfig'
  if (cluster.network.plugin.kind !== 'flannel') return []
  const files = inFolder(view, CNI_CONF_DIR).filter(path => /\.(conf|conflist|json)$/.test(path))
  const foreign = files.filter(path => path !== OWN_CNI)
  if (foreign.length === 0) return [ok(name, view, `${CNI_CONF_DIR} has no files of other programs`)]
  const remedy = `move ${foreign.length > 1 ? 'them' : 'it'} away, if nothing else here needs ${foreign.length > 1 ? 'them' : 'it'}: ${foreign.map(path => `sudo mv ${path} ${path}.off`).join('; ')}`
  if (!files.includes(OWN_CNI) || files[0] !== OWN_CNI) {
    const message = `${foreign.join(', ')} of another pod network: pods would get their addresses from ${files.find(path => path !== OWN_CNI) ?? ''} instead of this cluster`
    return [view.isMember ? warning(name, view, message, remedy) : error(name, view, message, remedy)]
  }
  const message = `${foreign.join(', ')} of another pod network would take effect if ${OWN_CNI} were removed`
  return [warning(name, view, message, remedy)]
}

const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd']

/** The kubelet runs every file there, also backups: two files for one pod replace it repeatedly. */
export const manifestCopiesCheck: HostCheck = view => {
  if (!view.isControlPlane) return []
  return inFolder(view, MANIFESTS_DIR).flatMap(path => {
    const file = path.slice(MANIFESTS_DIR.length + 1)
    const pod = view.facts.shared.manifests[path] ?? COMPONENTS.find(name => file.startsWith(`${name}.`))
    const component = COMPONENTS.find(name => name === pod)
    if (component === undefined || file === `${component}.yaml` || file.startsWith('.')) return []
    const message = `${path} defines the pod ${component} too, and the kubelet reads every file in this folder`
    return [error('ManifestCopies', view, message, `move it out of ${MANIFESTS_DIR}: sudo mv ${path} /root/`)]
  })
}

/** kadm's config.toml imports nothing, so these files have no effect. */
export const runtimeDropInsCheck: HostCheck = (view, input) => {
  const files = inFolder(view, '/etc/containerd/conf.d').filter(path => path.endsWith('.toml'))
  if (files.length === 0 || runtimeComesBy(contextOf(view, input)) === 'unmanaged') return []
  const message = `${files.join(', ')} will be ignored: kadm writes /etc/containerd/config.toml without imports`
  const remedy = 'check that you need nothing in them, such as a runtime for GPUs; set registries under source.images'
  return [warning('RuntimeDropIns', view, message, remedy)]
}

/** apt stops with an error when two files set one repository with different keys. */
export const repositoryCheck: HostCheck = (view, input) => {
  const {cluster} = input
  if (cluster.source.kind !== 'online' || kubeletComesBy(contextOf(view, input)) !== 'packages') return []
  const url = repositoryOf(cluster).url.replace(/\/+$/, '')
  const others = Object.entries(view.facts.shared.repositories)
    .filter(([path, lines]) => path !== '/etc/apt/sources.list.d/kubernetes.sources' && !isOff(lines))
    .filter(([, lines]) => lines.some(line => line.split(/\s+/).some(word => word.replace(/\/+$/, '') === url)))
    .map(([path]) => path)
  return others.map(path => {
    const message = `${path} also sets the package repository ${url}/, and apt fails if two files set one repository with different keys`
    return error(
      'PackageRepository',
      view,
      message,
      `remove it: sudo rm ${path}; kadm writes its own file with a pinned key`,
    )
  })
}

const isOff = (lines: readonly string[]): boolean => lines.some(line => /^enabled:\s*(no|false|0)$/i.test(line))

/** The facts that decide where programs come from; of a bundle, only whether it exists. */
function contextOf({facts}: HostView, {cluster, bundleArchitecture}: PreflightInput) {
  return {facts, cluster, bundle: bundleArchitecture === undefined ? undefined : {}}
}
