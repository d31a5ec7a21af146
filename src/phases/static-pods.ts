import {startsSlowly} from '../domain/cluster.ts'
import {ETCD_DATA_DIR, MANIFESTS_DIR} from '../domain/paths.ts'
import {apiServerPod} from '../manifests/api-server.ts'
import {controllerManagerPod} from '../manifests/controller-manager.ts'
import {etcdPod} from '../manifests/etcd.ts'
import type {Pod} from '../manifests/kube-object.ts'
import {schedulerPod} from '../manifests/scheduler.ts'
import type {StaticPodInput} from '../manifests/static-pod.ts'
import {toYaml} from '../manifests/yaml.ts'
import {directory} from '../resources/directory.ts'
import {file, type FileResource} from '../resources/file.ts'
import type {Phase, PhaseContext} from './phase.ts'

const input = ({cluster, node, facts}: PhaseContext): StaticPodInput => ({
  cluster,
  node,
  host: {caDirs: facts.extraCaDirs, proxyEnvs: []},
})

const manifest = (pod: Pod, why: string): FileResource =>
  file({path: `${MANIFESTS_DIR}/${pod.metadata.name}.yaml`, mode: '0600', content: toYaml(pod), why})

export const etcdPhase: Phase = {
  name: 'etcd',
  title: 'Write the manifest of etcd',
  why: 'etcd keeps all that the cluster knows; the kubelet runs it as a static pod, since nothing else could yet',
  where: 'first',
  resources: context => [
    directory({path: ETCD_DATA_DIR, mode: '0700', tree: true, why: 'the data of etcd'}),
    manifest(etcdPod(input(context)), 'all that the cluster knows is kept there'),
  ],
}

const controllers = (context: PhaseContext): readonly FileResource[] => [
  manifest(controllerManagerPod(input(context)), 'makes what is so into what is wanted'),
  manifest(schedulerPod(input(context)), 'gives each pod a node'),
]

export const controlPlanePhase: Phase = {
  name: 'control-plane',
  title: 'Write the manifests of the control plane',
  why: 'the kubelet runs API server, controller manager and scheduler from these files',
  where: 'first',
  resources: context => [
    manifest(apiServerPod(input(context)), 'everyone speaks to the cluster through it'),
    ...(startsSlowly(context.cluster) ? [] : controllers(context)),
  ],
}

/**
 * An API server gives itself up when it is not done with its own beginnings within a minute (PostStartHook, k8s.io/kubernetes
 * pkg/registry/core/rest), and those who ask it again and again meanwhile take the time for it from a slow machine.
 */
export const controllersPhase: Phase = {
  name: 'controllers-start',
  title: 'Write the manifests of controller manager and scheduler',
  why: 'where a control plane may start slowly, the API server is left alone until it answers',
  where: 'first',
  when: ({cluster}) => (startsSlowly(cluster) ? true : 'they are started together with the API server'),
  resources: context => (startsSlowly(context.cluster) ? controllers(context) : []),
}
