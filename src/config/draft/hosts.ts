import type {HostSpec, InterfaceSpec, SshTarget, Taint} from '../../domain/cluster.ts'
import type {HostDocument} from '../documents/cluster-document.ts'
import {argsOf} from './draft-of-kubeadm.ts'
import {besideFile} from '../read/environment.ts'
import type {Locate, Path, Place, Report} from '../documents/finding.ts'
import type {NodeRegistration} from '../documents/kubeadm-documents.ts'
import {usable} from '../documents/shapes.ts'
import {parseTaint} from '../rules/taint.ts'
import {hostSpec, parseTarget} from '../rules/target.ts'

/** A host with the places of its parts. */
export interface PlacedHost {
  readonly spec: HostSpec
  readonly at: (...path: Path) => Place
}

/** The hosts of kadm's own document. */
export const hostsOf = (
  hosts: readonly (HostDocument | undefined)[] | undefined,
  locate: Locate,
  fileName: string,
): readonly PlacedHost[] =>
  usable(hosts).map(({value, index}) => ({
    spec: hostOf(value, fileName),
    at: (...path) => locate(['hosts', index, ...path]),
  }))

function hostOf(host: HostDocument, fileName: string): HostSpec {
  const taints = host.taints === undefined ? undefined : usable(host.taints).flatMap(({value}) => taintOf(value) ?? [])
  return hostSpec(host.role, sshOf(host.ssh, fileName), {
    name: host.name,
    address: host.address,
    labels: host.labels ?? {},
    taints,
    kubeletExtraArgs: argsOf(host.kubeletExtraArgs),
    netplan: host.network === undefined ? undefined : {interfaces: interfacesOf(host.network)},
    ...(host.nodeName === undefined ? {} : {nodeName: host.nodeName}),
    ...(host.criSocket === undefined ? {} : {criSocket: host.criSocket}),
    ...(host.nat === undefined ? {} : {nat: usable(host.nat).map(({value}) => value)}),
  })
}

function sshOf(ssh: HostDocument['ssh'], fileName: string): SshTarget | 'local' {
  if (ssh === 'local') return ssh
  if (typeof ssh === 'string') return parseTarget(ssh)
  return {
    address: ssh.address,
    port: ssh.port,
    user: ssh.user,
    keyFile: ssh.keyFile === undefined ? undefined : besideFile(fileName, ssh.keyFile),
    hostKey: ssh.hostKey,
    jump: ssh.jump,
  }
}

type TaintDocument =
  string | {readonly key: string; readonly value?: string | undefined; readonly effect: Taint['effect']}

/** A taint with an empty value is the same taint as one without a value. */
const taintOf = (taint: TaintDocument): Taint | undefined =>
  typeof taint === 'string'
    ? parseTaint(taint)
    : {key: taint.key, value: taint.value === '' ? undefined : taint.value, effect: taint.effect}

const interfacesOf = (network: NonNullable<HostDocument['network']>): Readonly<Record<string, InterfaceSpec>> =>
  Object.fromEntries(
    Object.entries(network).map(([name, {addresses, gateway, nameservers, mtu}]) => [
      name,
      {
        addresses: usable(addresses).map(({value}) => value),
        gateway,
        nameservers: usable(nameservers).map(({value}) => value),
        ...(mtu === undefined ? {} : {mtu}),
      },
    ]),
  )

/** The settings of a kubeadm document for some nodes. */
export interface Registration {
  readonly concerned: readonly PlacedHost[]
  /** The one of them that gets the document's name and address; undefined where it is for several. */
  readonly named: PlacedHost | undefined
  readonly node: NodeRegistration | undefined
  readonly advertiseAddress: string | undefined
  readonly locate: Locate
}

/** Gives the hosts that a kubeadm document is for its settings; the host's own settings win. */
export function register(
  hosts: readonly PlacedHost[],
  registration: Registration,
  report: Report,
): readonly PlacedHost[] {
  const {concerned, named, node, locate} = registration
  if (concerned.length > 1 && named === undefined && (node?.name ?? '') !== '') {
    const role = concerned[0]?.spec.role ?? 'worker'
    const message = `sets one node name, but ${String(concerned.length)} hosts have the role ${role}; set the name of each host instead`
    report({severity: 'error', place: locate(['nodeRegistration', 'name']), message})
  }
  return hosts.map(host => (concerned.includes(host) ? registeredHost(host, registration, report) : host))
}

function registeredHost(host: PlacedHost, registration: Registration, report: Report): PlacedHost {
  const {named, node, locate} = registration
  const {spec} = host
  const contradict = (path: Path, own: string | undefined, theirs: string | undefined): void => {
    if (own === undefined || theirs === undefined || own === theirs) return
    const {text, line} = host.at(path.at(-1) === 'name' ? 'name' : 'address')
    // A flag counts more than the file.
    if (line > 0) report({severity: 'error', place: locate(path), message: `says ${theirs}, but ${text} says ${own}`})
  }
  const name = named === host ? registeredName(node) : undefined
  const advertised = named === host ? registration.advertiseAddress : undefined
  contradict(['nodeRegistration', 'name'], spec.nodeName ?? spec.name, name)
  contradict(['localAPIEndpoint', 'advertiseAddress'], spec.address, advertised)
  const general = argsOf(node?.kubeletExtraArgs).filter(
    arg => !spec.kubeletExtraArgs.some(({name: own}) => own === arg.name),
  )
  return {
    at: (...path) => placeIn(host, registration, general.length, path),
    spec: {
      ...spec,
      ...nodeNameOf(spec, name),
      ...criSocketOf(spec, node),
      address: spec.address ?? advertised,
      taints: spec.taints ?? taintsOf(node),
      kubeletExtraArgs: [...general, ...spec.kubeletExtraArgs],
    },
  }
}

/** Where a part of a registered host was written: in the host itself, or else in kubeadm's document. */
function placeIn({spec, at}: PlacedHost, {node, locate}: Registration, generalArgs: number, path: Path): Place {
  const [part, index, ...rest] = path
  if (part === 'name' && spec.name === undefined && (node?.name ?? '') !== '')
    return locate(['nodeRegistration', 'name'])
  if (part === 'address' && spec.address === undefined) return locate(['localAPIEndpoint', 'advertiseAddress'])
  if (part === 'taints' && spec.taints === undefined) return locate(['nodeRegistration', ...path])
  if (part !== 'kubeletExtraArgs' || typeof index !== 'number') return at(...path)
  return index < generalArgs
    ? locate(['nodeRegistration', part, ...rest])
    : at('kubeletExtraArgs', index - generalArgs, ...rest)
}

/** kubeadm's name of a node is not a hostname: the machine keeps the name it has. */
const nodeNameOf = (spec: HostSpec, name: string | undefined): Partial<HostSpec> =>
  spec.nodeName !== undefined || name === undefined || name === spec.name ? {} : {nodeName: name}

/** The name of a node in kubeadm's document, in lower case as kubeadm writes it; else the kubelet's own flag for it. */
function registeredName(node: NodeRegistration | undefined): string | undefined {
  const flag = usable(node?.kubeletExtraArgs).findLast(({value}) => value.name === 'hostname-override')
  const name = (node?.name ?? '').trim().toLowerCase()
  return name === '' ? flag?.value.value : name
}

/** containerd's socket is what kadm sets up anyway. */
const CONTAINERD = /^(unix:\/\/)?(\/var)?\/run\/containerd\/containerd\.sock$/

function criSocketOf(spec: HostSpec, node: NodeRegistration | undefined): Partial<HostSpec> {
  const socket = node?.criSocket ?? ''
  if (spec.criSocket !== undefined || socket === '' || CONTAINERD.test(socket)) return {}
  return {criSocket: socket.startsWith('/') ? `unix://${socket}` : socket}
}

const taintsOf = (node: NodeRegistration | undefined): readonly Taint[] | undefined =>
  node?.taints === undefined ? undefined : usable(node.taints).flatMap(({value}) => taintOf(value) ?? [])

/** `0.0.0.0` asks kubeadm to detect the address, which kadm always does. */
export const chosenAddress = (advertised: string | undefined): string | undefined =>
  advertised === undefined || ['', '0.0.0.0', '::'].includes(advertised) ? undefined : advertised
