import {parse} from 'yaml'
import {parseGoDuration} from '../../../src/config/rules/duration.ts'
import {formatCidr, parseCidr} from '../../../src/domain/cidr.ts'
import {isMapping} from '../../../src/domain/mapping.ts'
import type {Rendered} from './real-init.ts'

interface Difference {
  readonly where: RegExp
  /** Only for files that have this. */
  readonly when?: RegExp
  readonly why: string
}

/** What the API takes for nothing, and only one of both writes. */
const NOTHING: readonly {readonly where: RegExp; readonly value: unknown}[] = [
  {where: /\.hostPath\.type$/, value: ''},
  {where: /\.resourceFieldRef\.divisor$/, value: '0'},
]

const KADMS_OWN = /^apiVersion: kadm\/v1$/m

/** Where kadm renders something else on purpose, or where a dry run cannot show it: one place, and the reason. */
export const ON_PURPOSE: readonly Difference[] = [
  {
    where: /^ClusterRoleBinding kubeadm:cluster-admins\b/,
    why: 'kubeadm creates it while it waits for the API server, which a dry run leaves out',
  },
  {
    where: /^kubelet flags\.--node-ip$/,
    why: 'kadm always says which address is the node, because the kubelet would take the one of the default route',
  },
  {
    where: /^kubelet flags\.--hostname-override$/,
    when: KADMS_OWN,
    why: "the name of a host in kadm's own document is the name of the machine too, so that this flag is not needed",
  },
  {
    where: /^kubelet config\.(resolvConf|containerRuntimeEndpoint)$/,
    why: 'they depend on the machine; both name the socket in kubelet instance, which is compared',
  },
  {
    where: /\.metadata\.annotations\.kubeadm\.kubernetes\.io\/component-config\.hash$/,
    why: 'it is the hash of a text whose order and zeros differ; test/manifests compares how it is computed',
  },
  {
    where: /^(Cluster)?RoleBinding .*\.subjects\.\d+\.apiGroup$/,
    why: 'the API server fills it in',
  },
  {
    where: /^\w+ (kube-)?flannel\b/,
    when: KADMS_OWN,
    why: 'a document of kadm asks for a pod network, unless it says otherwise',
  },
  {
    where: /^pod kube-(controller-manager|scheduler)\.spec\.containers\.0\.ports\.0\.containerPort$/,
    when: /name: secure-port/,
    why: 'kubeadm probes the usual port, where nothing listens then',
  },
  {
    where: /^pod .*(liveness|readiness)Probe\.|runtimeRequestTimeout$/,
    when: /controlPlaneComponentHealthCheck: 10m/,
    why: 'a control plane that may start slowly may answer slowly too',
  },
  {
    where: /^pod etcd.*\.image$|^Deployment .*coredns.*\.image$|^ConfigMap .*config\.conf\.mode$/,
    when: /kubernetesVersion: v1\.3[56]\./,
    why: 'kadm renders what the kubeadm of that release does; recorded.test.ts compares it',
  },
  {
    where: /kubeadm-config\..*\.certSANs\.\d+$/,
    when: /(api\.example\.com), \1/,
    why: 'a name that is twice in the file is once in the certificate',
  },
  {where: /\.certificate-authority-data$/, why: 'each run makes a CA of its own'},
  {where: /^Secret .*\.expiration$/, why: 'it depends on the second of the run'},
]

/** kubeadm makes up a token for the first join. kadm creates one for each join instead. */
const isMadeUpToken = (name: string, text: string): boolean =>
  /^Secret kube-system bootstrap-token-/.test(name) && !text.includes(name.slice(-6))

/** Each value of what is rendered by its path, without those that differ on purpose. */
export function valuesOf(rendered: Rendered, text: string): ReadonlyMap<string, unknown> {
  const all = Object.entries(rendered)
    .filter(([name]) => !isMadeUpToken(name, text))
    .flatMap(([name, value]) => leaves(name, opened(name, value)))
  return new Map(
    all.filter(([path]) => !ON_PURPOSE.some(({where, when}) => where.test(path) && when?.test(text) !== false)),
  )
}

/** Takes lists of flags, and texts that are YAML, apart. */
function opened(name: string, value: unknown): unknown {
  if (name === 'kubelet flags') return flagsIn(String(value))
  if (!isMapping(value)) return value
  if (isMapping(value['stringData'])) return {...value, stringData: undefined, data: value['stringData']}
  if (name.startsWith('Secret ')) return {...value, data: mapped(value['data'], one => atob(String(one)))}
  if (!name.startsWith('ConfigMap ')) return value
  return {
    ...value,
    data: mapped(value['data'], one =>
      /^"?(apiVersion|apiServer|kind)"?:/.test(String(one)) ? (parse(String(one)) as unknown) : one,
    ),
  }
}

const mapped = (value: unknown, change: (value: unknown) => unknown): object =>
  Object.fromEntries(Object.entries(isMapping(value) ? value : {}).map(([key, child]) => [key, change(child)]))

function flagsIn(text: string): object {
  const value = /^KUBELET_KUBEADM_ARGS=(".*")$/s.exec(text)?.[1]
  const args = value === undefined ? [text] : (JSON.parse(value) as string).split(/ (?=--)/)
  return Object.fromEntries(args.filter(arg => arg !== '').map(arg => [arg.replace(/=.*/s, ''), arg]))
}

function leaves(path: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (Array.isArray(value)) return value.flatMap((child, index) => leaves(`${path}.${String(index)}`, child))
  if (isMapping(value)) return Object.entries(value).flatMap(([key, child]) => leaves(`${path}.${key}`, child))
  const isNothing = NOTHING.some(one => one.where.test(path) && one.value === value)
  return isNothing || value === undefined || value === null ? [] : [[path, plain(path, value)]]
}

/** One thing that both write in different ways. */
export const OTHER_WORDS: readonly {readonly from: RegExp; readonly to: string; readonly why: string}[] = [
  {from: /(?<=^unix:\/\/)\/var\/run\//, to: '/run/', why: '/var/run is a link to /run'},
  {from: /(?<=[^:])\/\//g, to: '/', why: 'slashes in a row are one slash'},
  {from: /(?<=^\/.*)\/$/, to: '', why: 'a slash at the end of a folder says nothing'},
]

function plain(path: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  const nanoseconds = /^kubelet config|config\.conf\.|kubelet-config/.test(path) ? parseGoDuration(value) : undefined
  if (nanoseconds !== undefined && nanoseconds !== 0) return `${String(nanoseconds)}ns`
  const text = OTHER_WORDS.reduce((changed, {from, to}) => changed.replace(from, to), value)
  return /Subnet$|CIDR$/.test(path) || /(cidr|ip-range)=/.test(text)
    ? text.replaceAll(/[\d.]+\/\d+|[\da-f:]+:[\da-f:]*\/\d+/g, networkOf)
    : text
}

/** kubeadm writes a range as the file does; the components read its network. */
function networkOf(range: string): string {
  const cidr = parseCidr(range)
  return cidr === undefined ? range : formatCidr(cidr)
}

/** The documents of a file without kadm's own, which kubeadm does not know; it only says how the machine is called. */
export function forKubeadm(text: string): string {
  const documents = text.split(/^---$/m)
  const own = documents.find(document => /^apiVersion: kadm\/v1$/m.test(document))
  if (own === undefined) return text
  const name = /name: (\w+), role: control-plane/.exec(own)?.[1]
  const init = `\napiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\nnodeRegistration: {name: ${name ?? ''}}\n`
  return [init, ...documents.filter(document => document !== own)].join('---')
}

const ZEROS: readonly unknown[] = ['', 0, '0s', '0', false]

/** What two renderings do not have in common. A zero that kubeadm writes when nobody asks for it is the same as nothing. */
export function differences(
  real: ReadonlyMap<string, unknown>,
  ours: ReadonlyMap<string, unknown>,
  usual: ReadonlyMap<string, unknown>,
): readonly string[] {
  const isSilent = (path: string, value: unknown): boolean =>
    value === undefined ||
    (ZEROS.includes(value) && (usual.get(path) ?? value) === value && isZeroByDefault(path, usual))
  return [...new Set([...real.keys(), ...ours.keys()])].flatMap(path => {
    const [theirs, mine] = [real.get(path), ours.get(path)]
    if (theirs === mine || (isSilent(path, theirs) && isSilent(path, mine))) return []
    return [`${path}: kubeadm ${JSON.stringify(theirs)}, kadm ${JSON.stringify(mine)}`]
  })
}

const isZeroByDefault = (path: string, usual: ReadonlyMap<string, unknown>): boolean => ZEROS.includes(usual.get(path))
