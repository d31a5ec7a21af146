import {PORTS} from '../../../domain/ports.ts'
import {isAddress, nthAddress, parseCidr} from '../../../domain/cidr.ts'
import type {Cluster} from '../../../domain/cluster.ts'
import {KUBELET_FLAGS} from '../../../domain/kubelet-flags.ts'
import * as paths from '../../../domain/paths.ts'
import type {Finding} from '../finding.ts'
import {error, ok, warning, type HostCheck, type HostView} from '../input.ts'

const DEFAULT_FILE = '/etc/default/kubelet'
const FOLDERS = ['/etc', '/run', '/usr/local/lib', '/usr/lib'].map(root => `${root}/systemd/system`)
const NEEDED = ['$KUBELET_KUBECONFIG_ARGS', '$KUBELET_CONFIG_ARGS', '$KUBELET_KUBEADM_ARGS']

interface Flag {
  readonly name: string
  readonly value: string
}

/** `--name=value`, `--name value` and `--name` in the lines of a file that set arguments of the kubelet. */
function flagsIn(lines: readonly string[]): readonly Flag[] {
  const text = lines.filter(line => /KUBELET_[A-Z_]*=/.test(line)).join(' ')
  return [...text.matchAll(/(?<=^|[\s"'=])--?([a-z][a-z0-9-]*)(?:=([^\s"']*)|\s+([^\s"'-][^\s"']*))?/gi)].map(
    ([, name = '', joined, apart]) => ({name, value: joined ?? apart ?? 'true'}),
  )
}

/** The settings that kadm passes to the kubelet or writes to its configuration; another value here would override them. */
function wantedFlags({node, facts}: HostView, cluster: Cluster): Readonly<Record<string, readonly string[]>> {
  const {healthzPort} = cluster.extra.kubelet
  const range = parseCidr(cluster.network.serviceSubnets[0] ?? '')
  return {
    config: [paths.KUBELET_CONFIG],
    kubeconfig: [paths.KUBELET_CONF],
    'bootstrap-kubeconfig': [paths.BOOTSTRAP_KUBELET_CONF],
    'root-dir': [paths.KUBELET_DIR],
    'pod-manifest-path': [paths.MANIFESTS_DIR],
    'container-runtime-endpoint': socketForms(node.host.criSocket ?? paths.CRI_SOCKET_URL),
    'cgroup-driver': [facts.cgroup.version === 2 ? 'systemd' : 'cgroupfs'],
    'hostname-override': [node.name],
    'node-ip': [
      node.address,
      ...node.host.kubeletExtraArgs.flatMap(arg => (arg.name === 'node-ip' ? [arg.value] : [])),
    ],
    'cluster-domain': [cluster.network.dnsDomain],
    'cluster-dns': [(range === undefined ? undefined : nthAddress(range, 10)) ?? ''],
    'healthz-port': [`${typeof healthzPort === 'number' ? healthzPort : PORTS.kubeletHealth}`],
    port: [String(PORTS.kubelet)],
    'fail-swap-on': cluster.swap === 'keep' ? ['false'] : ['true', 'false'],
    'register-node': ['true'],
    'enable-server': ['true'],
    runonce: ['false'],
  }
}

const socketForms = (url: string): readonly string[] => [url, url.replace(/^unix:\/\//, '')]

/** An older release still accepts flags that the newest one removed. */
const isRunning = ({isMember, facts}: HostView): boolean =>
  isMember && facts.units['kubelet.service']?.active === 'active'

/** Flags that an administrator set: they override those of kadm, and an unknown flag stops the kubelet. */
function judgeFlags(view: HostView, cluster: Cluster, path: string, flags: readonly Flag[]): readonly Finding[] {
  const name = 'KubeletExtraArgs'
  const wanted = wantedFlags(view, cluster)
  const remedy = (flag: string): string => `remove --${flag} from ${path}`
  const findings = flags.flatMap((flag): readonly Finding[] => {
    if (!KUBELET_FLAGS.has(flag.name)) {
      const message = `${path} has --${flag.name}, an unknown flag with which the kubelet does not start`
      return [(isRunning(view) ? warning : error)(name, view, message, remedy(flag.name))]
    }
    const right = wanted[flag.name]
    if (right === undefined || right.includes(flag.value) || isSameAddress(flag, right)) return []
    const message = `${path} has --${flag.name}=${flag.value}, which overrides ${right[0] ?? ''} of this cluster`
    return [(view.isMember ? warning : error)(name, view, message, remedy(flag.name))]
  })
  if (findings.length > 0 || flags.length === 0) return findings
  return [ok(name, view, `${path} adds ${flags.map(flag => `--${flag.name}`).join(', ')}`)]
}

/** A node with both families names two, the first of which is the one kadm knows. */
const isSameAddress = ({name, value}: Flag, [right]: readonly string[]): boolean =>
  name === 'node-ip' && value.split(',')[0] === right && value.split(',').every(isAddress)

export const kubeletArgumentsCheck: HostCheck = (view, {cluster}) => {
  const {files, shared} = view.facts
  const lines = shared.serviceFiles[DEFAULT_FILE]
  if (lines !== undefined) return judgeFlags(view, cluster, DEFAULT_FILE, flagsIn(lines))
  if (files[DEFAULT_FILE] === undefined) return []
  const message = `${DEFAULT_FILE} could not be read; its arguments override those of kadm`
  return [warning('KubeletExtraArgs', view, message, `check that they are right for this cluster: cat ${DEFAULT_FILE}`)]
}

/** Drop-ins in the order in which systemd reads them; one in an earlier folder hides those of its name. */
function dropIns({facts}: HostView, unit: 'kubelet' | 'containerd'): readonly (readonly [string, readonly string[]])[] {
  const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
  const all = FOLDERS.flatMap(folder =>
    Object.entries(facts.shared.serviceFiles).filter(([path]) => path.startsWith(`${folder}/${unit}.service.d/`)),
  )
  return all
    .filter(([path], i) => all.findIndex(([other]) => nameOf(other) === nameOf(path)) === i)
    .toSorted(([a], [b]) => (nameOf(a) < nameOf(b) ? -1 : 1))
}

/** Arguments may have any value. */
const inShort = (command: string): string => command.replaceAll(/=\S+/g, '=…').slice(0, 120)

const startsIn = (lines: readonly string[]): readonly string[] =>
  lines.flatMap(line => /^ExecStart\s*=\s*(\S.*)$/.exec(line)?.[1] ?? [])

const moved = (path: string): string => `sudo mv ${path} ${path}.off`

/** kadm writes 10-kubeadm.conf, or the package contains it; files later in the order of names override it. */
export const kubeletDropInsCheck: HostCheck = (view, {cluster, bundleArchitecture}) =>
  dropIns(view, 'kubelet').flatMap(([path, lines]): readonly Finding[] => {
    const file = path.slice(path.lastIndexOf('/') + 1)
    const isWritten = file === '10-kubeadm.conf' && bundleArchitecture !== undefined
    if (isWritten || file < '10-kubeadm.conf' || file === '20-kadm-proxy.conf') return []
    const other = startsIn(lines).find(start => !NEEDED.every(variable => start.includes(variable)))
    if (other === undefined) {
      return file === '10-kubeadm.conf' ? [] : judgeFlags(view, cluster, path, flagsIn(lines))
    }
    const message = `${path} starts the kubelet as '${inShort(other)}', without the configuration of this cluster`
    return [(view.isMember ? warning : error)('KubeletDropIns', view, message, `move it away: ${moved(path)}`)]
  })

/** kadm writes /etc/containerd/config.toml, which has an effect only if containerd reads it. */
export const runtimeStartCheck: HostCheck = view =>
  dropIns(view, 'containerd').flatMap(([path, lines]): readonly Finding[] => {
    const other = startsIn(lines)
      .map(start => /\s(?:--config|-c)[=\s]+(\S+)/.exec(start)?.[1])
      .find(config => config !== undefined && config !== paths.CONTAINERD_CONFIG)
    if (other === undefined) return []
    const message = `${path} starts containerd with ${other}, not with ${paths.CONTAINERD_CONFIG}`
    return [(view.isMember ? warning : error)('RuntimeStart', view, message, `move it away: ${moved(path)}`)]
  })
