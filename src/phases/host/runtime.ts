import type {Node} from '../../domain/cluster.ts'
import type {Facts} from '../../domain/facts.ts'
import {imagesOf} from '../../domain/images.ts'
import {CNI_CONF_DIR, CONTAINERD_CONFIG} from '../../domain/paths.ts'
import {BINARIES, type BinaryName} from '../../domain/bundle.ts'
import {CNI_CONF_TEMPLATE, containerdConfig, containerdUnit, podNetworkTemplate} from '../../manifests/containerd.ts'
import {crictlYaml} from '../../manifests/host-files.ts'
import {cgroupDriver} from '../../manifests/kubelet-config.ts'
import {directory} from '../../resources/files/directory.ts'
import {file} from '../../resources/files/file.ts'
import {unit} from '../../resources/systemd/unit.ts'
import type {AnyResource} from '../../resources/any-resource.ts'
import {binaryFromBundle} from '../shared/from-bundle.ts'
import {mirrorFiles} from '../shared/image-mirrors.ts'
import {runtimeComesBy, runtimePackages} from './packages.ts'
import type {Phase, PhaseContext} from '../phase.ts'
import {proxyDropIn, unitKnowsProxy} from './proxy.ts'
import {runtimeFromReleases} from '../shared/runtime-release.ts'

const UNIT = '/etc/systemd/system/containerd.service'
const RUNTIME: readonly BinaryName[] = ['containerd', 'containerd-shim-runc-v2', 'ctr', 'runc']
const PLUGINS: readonly BinaryName[] = [
  'cni-bridge',
  'cni-loopback',
  'cni-host-local',
  'cni-portmap',
  'cni-firewall',
  'cni-bandwidth',
  'cni-tuning',
]
/** vxlan adds 50 bytes to each packet. */
const VXLAN_BYTES = 50

/** The path that the packages use. */
const PACKAGED = '/usr/bin/containerd'

/** In bytes. The cluster file decides, because netplan may set it later in the same run. */
const mtuOf = ({host, networkInterface}: Node, {network}: Facts): number =>
  host.netplan?.interfaces[networkInterface]?.mtu ??
  network.interfaces.find(({name}) => name === networkInterface)?.mtu ??
  1500

export const runtimePhase: Phase = {
  name: 'runtime',
  title: 'Install the container runtime',
  why: 'the kubelet starts containers through it; both must use the same cgroup driver',
  when: context =>
    context.node.host.criSocket !== undefined
      ? `the file names the container runtime at ${context.node.host.criSocket}, which kadm leaves as it is`
      : runtimeComesBy(context) === 'unmanaged'
        ? `containerd ${context.facts.containerd.version ?? ''} is already installed, but not from a package`
        : true,
  resources: context => {
    const {facts, templates, node} = context
    return [
      directory({
        path: '/var/lib/containerd',
        mode: '0700',
        tree: true,
        why: 'images and containers; the runtime restricts access itself',
      }),
      ...['/opt/cni', '/etc/cni', '/var/lib/cni', '/opt/containerd', '/etc/containerd'].map(path =>
        directory({path, tree: true, why: 'state of the runtime; a reset removes it'}),
      ),
      directory({path: '/run/containerd', mode: '0711', tree: true, why: 'created by the runtime; a reset removes it'}),
      directory({path: '/run/nri', mode: '0700', tree: true, why: 'created by the runtime; a reset removes it'}),
      directory({path: CNI_CONF_DIR, tree: true, why: 'the runtime reads the pod network configuration here'}),
      ...programs(context),
      file({
        path: CONTAINERD_CONFIG,
        content: configOf(context),
        why: 'enables the interface for the kubelet and sets the pause image',
      }),
      file({
        path: CNI_CONF_TEMPLATE,
        content: podNetworkTemplate(templates, mtuOf(node, facts) - VXLAN_BYTES),
        why: 'configures the pod network of this node',
      }),
      file({path: '/etc/crictl.yaml', content: crictlYaml(), why: 'lets crictl find the runtime without flags'}),
      ...mirrorFiles(context.cluster),
      unitKnowsProxy(context, 'containerd'),
      ...service(context),
    ]
  },
}

function programs(context: PhaseContext): readonly AnyResource[] {
  const {bundle} = context
  if (bundle !== undefined)
    return [...RUNTIME, ...PLUGINS].map(name => binaryFromBundle(bundle, name, 'part of the container runtime'))
  return runtimeComesBy(context) === 'packages' ? [runtimePackages(context)] : runtimeFromReleases(context)
}

/** A package may contain containerd 1 or 2, and both read the older format of the file. */
const configOf = (context: PhaseContext): string => {
  const {facts, cluster, templates} = context
  return containerdConfig(templates, {
    majorVersion: runtimeComesBy(context) === 'packages' ? 1 : 2,
    sandboxImage: imagesOf(cluster).pause,
    cgroupDriver: cgroupDriver(facts.cgroup.version),
    restrictOomScoreAdj: !facts.capabilities.includes('sys_resource'),
    useConfTemplate: cluster.network.plugin.kind === 'flannel',
  })
}

/** A package has its own unit file. */
const service = (context: PhaseContext): readonly AnyResource[] => {
  const isPackage = runtimeComesBy(context) === 'packages'
  const files = isPackage ? [PACKAGED] : [UNIT, BINARIES.containerd.path]
  return [
    ...(isPackage
      ? []
      : [file({path: UNIT, content: containerdUnit(context.templates), why: 'starts the runtime at boot'})]),
    unit({
      name: 'containerd.service',
      restartWhenNewer: [CONTAINERD_CONFIG, proxyDropIn('containerd'), ...files],
      why: 'the runtime must run before the kubelet',
    }),
  ]
}
