import {execFile} from 'node:child_process'
import {X509Certificate} from 'node:crypto'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {parse, parseAllDocuments} from 'yaml'
import {isObject, textAt, type ApiObject} from '../../../src/kube/json.ts'
import {certificateOf, kubeconfigOf} from './seen-certificate.ts'

/** What an `init` would write and create, by a name for each thing. */
export type Rendered = Readonly<Record<string, unknown>>

const PODS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
const KUBECONFIGS = ['admin', 'super-admin', 'kubelet', 'controller-manager', 'scheduler']

/** Everything that `kubeadm init --dry-run` would write and create for a file. */
export async function realInit(kubeadm: string, text: string): Promise<Rendered> {
  const folder = mkdtempSync(join(tmpdir(), 'kadm-init-'))
  try {
    const file = join(folder, 'given.yaml')
    writeFileSync(file, text)
    // The flag would win over the file's own list.
    const flags = text.includes('skipPhases') ? ['--ignore-preflight-errors=all'] : ['--skip-phases=preflight']
    const args = ['init', '--dry-run', ...flags, '--config', file]
    const env = {...process.env, KUBEADM_INIT_DRYRUN_DIR: folder}
    const {stdout} = await promisify(execFile)(kubeadm, args, {env, maxBuffer: 2 ** 24})
    return {...filesIn(folder), ...objectsIn(stdout)}
  } finally {
    rmSync(folder, {recursive: true})
  }
}

function filesIn(folder: string): Rendered {
  const names = readdirSync(folder, {recursive: true, encoding: 'utf8'})
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const there = (wanted: readonly string[], ending: string): readonly string[] =>
    wanted.filter(name => names.includes(`${name}${ending}`))
  const yaml = (name: string): unknown => parse(read(name))
  return {
    ...named(there(PODS, '.yaml'), 'pod', name => yaml(`${name}.yaml`)),
    ...named(there(KUBECONFIGS, '.conf'), 'kubeconfig', name => kubeconfigOf(read(`${name}.conf`))),
    ...named(
      names.flatMap(name => (name.endsWith('.crt') ? [name.slice(0, -4)] : [])),
      'certificate',
      name => certificateOf(new X509Certificate(read(`${name}.crt`))),
    ),
    'kubelet config': yaml('config.yaml'),
    'kubelet instance': yaml('instance-config.yaml'),
    'kubelet flags': read('kubeadm-flags.env').trim(),
  }
}

const named = (names: readonly string[], what: string, read: (name: string) => unknown): Rendered =>
  Object.fromEntries(names.map(name => [`${what} ${name}`, read(name)]))

/** The objects that it says it would create, and what it says of the node. */
function objectsIn(stdout: string): Rendered {
  const [said = ''] = stdout.split(/^Your Kubernetes control-plane/m)
  const created = said.split(/^\[dryrun\] Would perform action /m).filter(action => action.startsWith('CREATE'))
  return Object.fromEntries([
    ...created.flatMap(action => {
      const yaml = action
        .split('\n')
        .slice(1)
        .filter(line => !line.startsWith('['))
      const object: unknown = parseAllDocuments(yaml.join('\n'))[0]?.toJS()
      return isObject(object) ? [objectEntry(object)] : []
    }),
    ...marksIn(said),
  ])
}

/** A dry run shows the node as it was before its labels and taints; it tells them in words. */
function marksIn(said: string): readonly (readonly [string, unknown])[] {
  const [, name, labels = ''] =
    /Marking the node (\S+) as control-plane by adding the labels: \[(.*)\]/.exec(said) ?? []
  const [, taints = ''] = /by adding the taints \[(.*)\]/.exec(said) ?? []
  return name === undefined
    ? []
    : [['node', {name, labels: labels.split(' '), taints: taints.split(' ').filter(Boolean)}]]
}

export const objectEntry = (object: ApiObject): readonly [string, unknown] => [
  [textAt(object, 'kind'), textAt(object, 'metadata', 'namespace'), textAt(object, 'metadata', 'name')]
    .filter(part => part !== undefined)
    .join(' '),
  object,
]

/** What a test knows of the machine on which the real kubeadm ran. */
export interface SeenMachine {
  /** Its address, where the file names none. */
  readonly address: string
  /** Folders of authorities that pods get. */
  readonly caDirs: readonly string[]
}

/** What the pods of kubeadm show of the machine on which it ran. */
export function machineOf(real: Rendered, text: string): SeenMachine {
  const pod = real['pod kube-apiserver']
  const caDirs = JSON.stringify(pod).matchAll(/"hostPath":\{"path":"(\/[^"]*(?:ca-certificates|ca-trust|tls\/certs))"/g)
  const note = 'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint'
  const endpoint = textAt(pod, 'metadata', 'annotations', note) ?? ''
  const address = endpoint.replace(/:\d+$/, '').replaceAll(/[[\]]/g, '')
  return {address: namesAddress(text) ? '192.0.2.77' : address, caDirs: [...caDirs].map(([, path = '']) => path)}
}

/** Zeros ask for the address of the machine. */
const namesAddress = (text: string): boolean => /advertiseAddress: *"?(?!0\.0\.0\.0|::")[0-9a-f.:]+/.test(text)
