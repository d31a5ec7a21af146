import {BOOTSTRAP_KUBELET_CONF, KUBELET_CONF, MANIFESTS_DIR, PKI_DIR} from '../../../domain/paths.ts'
import {keyPath} from '../../../domain/certificates.ts'
import {externalAuthorities} from '../../../domain/external-ca.ts'
import {etcdDataDir} from '../../../domain/kubeadm-places.ts'
import {error, ok, ownCaHash, warning, type HostCheck} from '../input.ts'

/** kubeadm's names of the checks: the path with dashes instead of slashes. */
const fileCheckName = (path: string): string => `FileAvailable-${path.replaceAll('/', '-')}`

export const fileChecks: HostCheck = (view, {elsewhere = []}) => {
  const paths = view.isControlPlane
    ? ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map(
        name => `${MANIFESTS_DIR}/${name}.yaml`,
      )
    : [KUBELET_CONF, BOOTSTRAP_KUBELET_CONF, `${PKI_DIR}/ca.crt`]
  return paths.map(path => {
    const name = fileCheckName(path)
    if (view.facts.files[path] === undefined) return ok(name, view, 'not there')
    if (view.isMember) return ok(name, view, 'belongs to this cluster')
    if (view.isBegun) return ok(name, view, 'was left by an earlier run of kadm')
    if (path === KUBELET_CONF && elsewhere.includes('ca')) return ok(name, view, 'was signed elsewhere')
    return error(name, view, `${path} was left by another cluster`, `run kadm reset on ${view.label} first`)
  })
}

export const etcdDirCheck: HostCheck = (view, input) => {
  const name = 'DirAvailable--var-lib-etcd'
  if (!view.isControlPlane) return []
  const folder = etcdDataDir(input.cluster)
  const prefix = `${folder}/`
  const content = Object.keys(view.facts.files).filter(
    path => path.startsWith(prefix) && path !== `${prefix}lost+found`,
  )
  if (content.length === 0) return [ok(name, view, 'empty')]
  if (view.isMember) return [ok(name, view, 'holds the data of this cluster')]
  const remedy = `save a copy if you need it, then run kadm reset on ${view.label}`
  return [error(name, view, `${folder} holds the data of another cluster`, remedy)]
}

/** A restore that was cut off left the control planes without etcd, or etcd without the other members. */
export const unfinishedRestoreCheck: HostCheck = (view, {isRestore = false}) => {
  const name = 'UnfinishedRestore'
  const {restore} = view.facts
  if (restore === undefined) return []
  if (isRestore) return [ok(name, view, 'continues the restore of a snapshot')]
  const message = `the restore of a snapshot (sha256 ${restore.snapshot.slice(0, 12)}…) has not ended: it is ${restore.stage}`
  const remedy = 'run the same kadm restore or kadm etcd restore again; it continues where it stopped'
  return [{...error(name, view, message, remedy), mandatory: true}]
}

/** A CA of another cluster; kadm does not overwrite it. */
export const otherClusterCheck: HostCheck = (view, input) => {
  const name = 'OtherCluster'
  const {clusterCaHash, apiServer, nodeName} = view.facts
  if (clusterCaHash === undefined) return [ok(name, view, 'belongs to no cluster')]
  if (view.isMember) return [ok(name, view, 'is already a node of this cluster')]
  const whose = apiServer === undefined ? 'another cluster' : `the cluster at ${apiServer}`
  const message = `belongs to ${whose}${nodeName === undefined ? '' : ` as ${nodeName}`} (CA sha256:${clusterCaHash.slice(0, 12)}…)`
  const isUnsure = ownCaHash(input) === undefined && input.hosts.every(({node}) => node.role === 'worker')
  if (isUnsure) return [warning(name, view, message, 'check that this is the right cluster')]
  return [
    error(
      name,
      view,
      message,
      `remove it from that cluster and run kadm reset on ${view.label}, or use another machine`,
    ),
  ]
}

/** A node must leave the cluster before it changes its role: its files show the current role. */
export const roleCheck: HostCheck = view => {
  const name = 'Role'
  const {files, clusterCaHash, certificatesDir} = view.facts
  const has = (path: string): boolean => files[path] !== undefined
  const runsApi = has(`${MANIFESTS_DIR}/kube-apiserver.yaml`)
  const remedy = `remove it from its cluster first: kadm reset ${view.label}`
  const isExternal = externalAuthorities(view.facts).includes('ca')
  const hasCa = isExternal || has(keyPath('ca', certificatesDir))
  if (view.isControlPlane && clusterCaHash !== undefined && !runsApi && !hasCa) {
    return [error(name, view, 'is a worker of a cluster, but this run makes it a control plane', remedy)]
  }
  if (!view.isControlPlane && runsApi) {
    return [error(name, view, 'is the control plane of a cluster, but this run makes it a worker', remedy)]
  }
  return []
}
