import {BINARIES} from '../../domain/bundle.ts'
import {
  BOOTSTRAP_KUBELET_CONF,
  KUBELET_CONF,
  KUBELET_CONFIG,
  KUBELET_FLAGS_ENV,
  KUBELET_INSTANCE_CONFIG,
} from '../../domain/paths.ts'
import {kubeletConfig, type KubeletHost} from '../../manifests/kubelet-config.ts'
import {kubeletFlagsText, kubeletInstanceConfigYaml} from '../../manifests/kubelet-files.ts'
import {kubeletListens} from '../../manifests/listens.ts'
import {patched} from '../../manifests/patches.ts'
import {toYaml} from '../../manifests/yaml.ts'
import {sh} from '../../remote/shell/shell.ts'
import {file} from '../../resources/files/file.ts'
import {unit} from '../../resources/systemd/unit.ts'
import type {AnyResource} from '../../resources/any-resource.ts'
import {KUBELET_DROP_IN, KUBELET_UNIT} from '../host/kubelet-install.ts'
import type {Phase, PhaseContext} from '../phase.ts'
import {patchesFor} from '../shared/patches.ts'
import {proxyDropIn} from '../host/proxy.ts'
import {staticPodsInForce} from './static-pods.ts'

/** Shell that looks for a port in /proc/net, so that ss is not needed. */
export function listens(port: number): string {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const line = `^ *[0-9]+: [0-9A-F]+:${hex} [0-9A-F]+:0000 0A `
  return sh`grep -qsE ${line} /proc/net/tcp /proc/net/tcp6`.text
}

/** The facts of a host that the kubelet's configuration depends on. */
export const kubeletHost = ({facts, node}: Pick<PhaseContext, 'facts' | 'node'>): KubeletHost => ({
  cgroupVersion: facts.cgroup.version,
  resolvedActive: facts.resolv.resolvedActive,
  swapOutside: facts.swap.some(({kind, active}) => kind === 'outside' && active),
  criSocket: node.host.criSocket,
})

/** The configuration of the kubelet and its running unit; the same on every node. */
export function kubeletAtWork({cluster, node, facts}: PhaseContext): readonly AnyResource[] {
  const hostname = node.host.name ?? facts.hostname
  const host = kubeletHost({facts, node})
  const {port} = kubeletListens(cluster, node, host)
  return [
    file({
      path: KUBELET_FLAGS_ENV,
      content: kubeletFlagsText({node, hostname}),
      why: 'the address and taints with which the node registers',
    }),
    file({
      path: KUBELET_INSTANCE_CONFIG,
      content: kubeletInstanceConfigYaml(node.host.criSocket),
      why: 'the socket of the container runtime',
    }),
    file({
      path: KUBELET_CONFIG,
      content: toYaml(patched('kubeletconfiguration', kubeletConfig(cluster, host), patchesFor(cluster, node))),
      why: 'the configuration of the kubelet',
    }),
    unit({
      name: 'kubelet.service',
      restartWhenNewer: [
        ...[KUBELET_CONFIG, KUBELET_FLAGS_ENV, KUBELET_UNIT, KUBELET_DROP_IN],
        ...[proxyDropIn('kubelet'), BINARIES.kubelet.path, '/etc/default/kubelet', '/etc/hostname'],
        // A worker's kubelet writes its own kubeconfig after it started.
        node.role === 'worker' ? BOOTSTRAP_KUBELET_CONF : KUBELET_CONF,
      ],
      // It opens its health port after it read everything. Without a health server, it must keep running.
      steady: {seconds: 10, sign: port === 0 ? 'false' : listens(port)},
      why: 'runs the pods of this node',
    }),
  ]
}

export const kubeletStartPhase: Phase = {
  name: 'kubelet-start',
  title: 'Start the kubelet',
  why: `with ${KUBELET_CONF} and the manifests in place, the kubelet starts the control plane`,
  where: 'initial-control-plane',
  resources: context => [...kubeletAtWork(context), ...staticPodsInForce(context)],
}
