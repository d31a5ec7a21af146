import {startsSlowly} from '../../domain/cluster.ts'
import {etcdDataDir, usesExternalEtcd} from '../../domain/kubeadm-places.ts'
import {MANIFESTS_DIR} from '../../domain/paths.ts'
import {apiServerPod} from '../../manifests/api-server.ts'
import {controllerManagerPod} from '../../manifests/controller-manager.ts'
import {etcdPeerUrl, etcdPod} from '../../manifests/etcd.ts'
import type {Pod} from '../../manifests/kube-object.ts'
import {ownContainer, patchedPod} from '../../manifests/patched-pod.ts'
import {schedulerPod} from '../../manifests/scheduler.ts'
import type {StaticPodInput} from '../../manifests/static-pod.ts'
import {toYaml} from '../../manifests/yaml.ts'
import {directory} from '../../resources/files/directory.ts'
import {file, type FileResource} from '../../resources/files/file.ts'
import type {AnyHostResource} from '../../resources/any-resource.ts'
import {etcdManifest, type EtcdManifestResource} from '../../resources/static-pods/etcd-manifest.ts'
import {staticPod, type StaticPodResource} from '../../resources/static-pods/static-pod.ts'
import {isElsewhere, type Phase, type PhaseContext} from '../phase.ts'
import {patchesFor} from '../shared/patches.ts'

const input = (context: PhaseContext): StaticPodInput => ({
  cluster: context.cluster,
  node: context.node,
  host: {caDirs: context.facts.extraCaDirs, isCaExternal: isElsewhere(context, 'ca')},
})

const manifest = (pod: Pod, why: string): FileResource =>
  file({path: `${MANIFESTS_DIR}/${pod.metadata.name}.yaml`, mode: '0600', content: toYaml(pod), why})

/**
 * Flags whose files a component reloads without a restart: of the API server (k8s.io/apiserver, dynamiccertificates) and of
 * etcd, which reads its certificates for every connection (etcd's documentation of transport security).
 */
const RELOADED = [
  ...['--client-ca-file', '--tls-cert-file', '--tls-private-key-file', '--requestheader-client-ca-file'],
  ...['--proxy-client-cert-file', '--proxy-client-key-file'],
  ...['--cert-file', '--key-file', '--peer-cert-file', '--peer-key-file'],
]

/** Flags whose files a component writes: its log files change all the time (kube-apiserver and etcd, their command lines). */
const WRITTEN = ['--audit-log-path', '--log-file', '--log-outputs']

/** The files of the host that a pod's program reads at its start, by its flags and mounts. */
function filesOf(pod: Pod): readonly string[] {
  const {spec} = pod
  const container = ownContainer(pod)
  const places = (container?.volumeMounts ?? []).flatMap(({name, mountPath}) => {
    const hostPath = spec.volumes.find(volume => volume.name === name)?.hostPath?.path
    return hostPath === undefined ? [] : [{mountPath, hostPath}]
  })
  const files = [...(container?.command ?? []), ...(container?.args ?? [])].flatMap(arg => {
    const [, flag = '', path = ''] = /^(--[\w-]+)=(\/.*)$/.exec(arg) ?? []
    const [place] = places
      .filter(({mountPath}) => path === mountPath || path.startsWith(`${mountPath}/`))
      .sort((a, b) => b.mountPath.length - a.mountPath.length)
    return place === undefined || RELOADED.includes(flag) || WRITTEN.includes(flag)
      ? []
      : [place.hostPath + path.slice(place.mountPath.length)]
  })
  return [...new Set(files)]
}

const inForce = (pod: Pod): StaticPodResource =>
  staticPod({
    name: pod.metadata.name,
    manifest: `${MANIFESTS_DIR}/${pod.metadata.name}.yaml`,
    files: filesOf(pod),
    why: 'changes in its files take effect after a restart',
  })

/** The pods of this control plane, as their manifests say: with the user's patches. */
export function podsOf(context: PhaseContext) {
  const patches = patchesFor(context.cluster, context.node)
  const given = input(context)
  return {
    etcd: usesExternalEtcd(context.cluster) ? undefined : patchedPod(etcdPod(given), patches),
    apiServer: patchedPod(apiServerPod(given), patches),
    controllerManager: patchedPod(controllerManagerPod(given), patches),
    scheduler: patchedPod(schedulerPod(given), patches),
  }
}

type Pods = ReturnType<typeof podsOf>

const controllersInForce = ({controllerManager, scheduler}: Pods): readonly StaticPodResource[] =>
  [controllerManager, scheduler].map(inForce)

/**
 * The control plane with its current manifests, kubeconfigs and certificates, after the kubelet that restarts it runs.
 */
export function staticPodsInForce(context: PhaseContext): readonly StaticPodResource[] {
  const pods = podsOf(context)
  return [...[pods.etcd, pods.apiServer].filter(pod => pod !== undefined).map(inForce), ...controllersInForce(pods)]
}

/** The manifest of a member that starts a cluster, or that joins the members that run; and the folder of its data. */
export function etcdOn(context: PhaseContext, origin: EtcdManifestResource['origin']): readonly AnyHostResource[] {
  const {etcd} = podsOf(context)
  if (etcd === undefined) return []
  const dataDir = etcdDataDir(context.cluster)
  return [
    directory({path: dataDir, mode: '0700', tree: true, why: 'the data of etcd'}),
    etcdManifest({
      path: `${MANIFESTS_DIR}/${etcd.metadata.name}.yaml`,
      content: toYaml(etcd),
      member: {name: context.node.name, peerUrl: etcdPeerUrl(context.node)},
      dataDir,
      origin,
      why: 'stores the state of the cluster',
    }),
  ]
}

/** Why a cluster does not have its own etcd; undefined when it does. */
export const withoutOwnEtcd = ({cluster}: PhaseContext): string | undefined =>
  usesExternalEtcd(cluster) ? 'the file names an etcd outside the cluster' : undefined

export const etcdPhase: Phase = {
  name: 'etcd',
  title: 'Write the manifest of etcd',
  why: 'etcd stores the state of the cluster; the kubelet runs it as a static pod',
  where: 'initial-control-plane',
  when: context => withoutOwnEtcd(context) ?? true,
  resources: context => etcdOn(context, 'new'),
}

const apiServer = (pods: Pods): FileResource => manifest(pods.apiServer, 'all clients use the cluster through it')

const controllers = ({controllerManager, scheduler}: Pods): readonly FileResource[] => [
  manifest(controllerManager, 'runs the controllers of the cluster'),
  manifest(scheduler, 'assigns pods to nodes'),
]

/** Those of the API server and of the controllers. */
export function controlPlaneManifests(context: PhaseContext): readonly FileResource[] {
  const pods = podsOf(context)
  return [apiServer(pods), ...controllers(pods)]
}

export const controlPlanePhase: Phase = {
  name: 'control-plane',
  title: 'Write the manifests of the control plane',
  why: 'the kubelet runs API server, controller manager and scheduler from these files',
  where: 'initial-control-plane',
  resources: context => (startsSlowly(context.cluster) ? [apiServer(podsOf(context))] : controlPlaneManifests(context)),
}

/**
 * An API server ends itself when its start hooks take longer than a minute (PostStartHook,
 * k8s.io/kubernetes pkg/registry/core/rest), and clients that retry meanwhile slow a small machine down
 * further.
 */
export const controllersPhase: Phase = {
  name: 'controllers-start',
  title: 'Write the manifests of controller manager and scheduler',
  why: 'on a slow control plane, kadm starts them only after the API server answers',
  where: 'initial-control-plane',
  when: ({cluster}) => (startsSlowly(cluster) ? true : 'they start together with the API server'),
  resources: context => {
    if (!startsSlowly(context.cluster)) return []
    const pods = podsOf(context)
    return [...controllers(pods), ...controllersInForce(pods)]
  },
}
