import {kubeletDropIn, kubeletUnit} from '../../manifests/kubelet-files.ts'
import {directory} from '../../resources/files/directory.ts'
import {file} from '../../resources/files/file.ts'
import {pkiDir} from '../../domain/kubeadm-places.ts'
import {KUBELET_DIR, KUBERNETES_DIR, MANIFESTS_DIR, PKI_DIR} from '../../domain/paths.ts'
import type {AnyResource} from '../../resources/any-resource.ts'
import {binaryFromBundle} from '../shared/from-bundle.ts'
import {kubeletComesBy, kubernetesPackages, refuseOtherKubelet} from './packages.ts'
import type {Phase, PhaseContext} from '../phase.ts'
import {unitKnowsProxy} from './proxy.ts'

export const KUBELET_UNIT = '/etc/systemd/system/kubelet.service'
export const KUBELET_DROP_IN = '/etc/systemd/system/kubelet.service.d/10-kubeadm.conf'

export const kubeletInstallPhase: Phase = {
  name: 'kubelet',
  title: 'Install the kubelet',
  why: 'the kubelet runs on every node and starts all pods',
  resources: context => [
    ...programs(context),
    unitKnowsProxy(context, 'kubelet'),
    directory({path: KUBERNETES_DIR, tree: true, why: 'configuration and certificates of Kubernetes'}),
    directory({path: MANIFESTS_DIR, mode: '0700', tree: true, why: 'the kubelet runs the pods in this folder'}),
    ...[...new Set([PKI_DIR, pkiDir(context.cluster)])].map(path => directory({path, tree: true, why: 'certificates'})),
    directory({path: KUBELET_DIR, mode: '0700', tree: true, why: 'the state of the kubelet'}),
    ...['/var/log/pods', '/var/log/containers', '/run/flannel'].map(path =>
      directory({path, tree: true, why: 'created by the kubelet and pods; a reset removes it'}),
    ),
  ],
}

/** A node keeps a kubelet of another release: an upgrade starts with a drain, which this phase does not do. */
const keepsKubelet = ({facts, cluster}: PhaseContext): boolean =>
  facts.clusterCaHash !== undefined &&
  facts.kubelet.version !== undefined &&
  facts.kubelet.version !== cluster.version.text

function programs(context: PhaseContext): readonly AnyResource[] {
  const {bundle, templates} = context
  const comesBy = kubeletComesBy(context)
  const keeps = keepsKubelet(context)
  if (comesBy === 'packages') return keeps ? [] : [kubernetesPackages(context)]
  if (comesBy === 'unmanaged' && !keeps) refuseOtherKubelet(context)
  return [
    ...(bundle === undefined || keeps
      ? []
      : (['kubelet', 'kubectl', 'kubeadm'] as const).map(name => binaryFromBundle(bundle, name, 'a Kubernetes tool'))),
    file({path: KUBELET_UNIT, content: kubeletUnit(templates), why: 'starts the kubelet at boot'}),
    file({
      path: KUBELET_DROP_IN,
      content: kubeletDropIn(templates),
      why: 'passes the configuration to the kubelet; identical to the file of kubeadm',
    }),
  ]
}
