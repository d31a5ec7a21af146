import {inspectIfReadable} from '../../certs/inspect.ts'
import {boltBucket, type ReadAt} from './bolt.ts'
import {protoBytes, protoFields, protoText} from './protobuf.ts'

/** What the data of a cluster say about it. Undefined: not in the data, or encrypted there. */
export interface SnapshotContents {
  /** SHA-256 hex of the DER SubjectPublicKeyInfo of the cluster's CA, as the facts of a host have it. */
  readonly clusterCaHash: string | undefined
  /** The UID of namespace kube-system, which identifies a cluster. */
  readonly clusterUid: string | undefined
  /** `v1.37.2`, from kubeadm-config. */
  readonly kubernetesVersion: string | undefined
  readonly nodes: readonly string[]
  readonly revision: number
}

const CONFIG = '/configmaps/kube-system/kubeadm-config'
const ROOT_CA = '/configmaps/kube-system/kube-root-ca.crt'
const SYSTEM = '/namespaces/kube-system'
const TOMBSTONE = 't'.charCodeAt(0)

/** The length of the key of a revision: two numbers with an underscore between them. */
const REVISION_LENGTH = 17

/** Reads what a database of etcd says about its cluster; undefined when the file is not a database of etcd, or a broken one. */
export async function snapshotContents(read: ReadAt): Promise<SnapshotContents | undefined> {
  const entries = await boltBucket(read, 'key')
  if (entries === undefined) return undefined
  const found = new Map<string, Buffer>()
  let revision = 0
  for await (const entry of entries) {
    if (entry === undefined || entry.key.length < REVISION_LENGTH) return undefined
    revision = Number(entry.key.readBigUInt64BE(0))
    const key = protoText(entry.value, 1) ?? ''
    if (![SYSTEM, CONFIG, ROOT_CA].some(end => key.endsWith(end)) && nodeOf(key) === undefined) continue
    const isGone = entry.key.at(REVISION_LENGTH) === TOMBSTONE
    if (isGone) found.delete(key)
    else found.set(key, protoBytes(entry.value, 5) ?? Buffer.alloc(0))
  }
  const objectAt = (end: string): Buffer | undefined => objectOf([...found].find(([key]) => key.endsWith(end))?.[1])
  const settings = dataOf(objectAt(CONFIG), 'ClusterConfiguration') ?? ''
  return {
    clusterCaHash: inspectIfReadable(dataOf(objectAt(ROOT_CA), 'ca.crt') ?? '')?.publicKeyHash,
    clusterUid: protoText(protoBytes(objectAt(SYSTEM), 1), 5),
    kubernetesVersion: /^kubernetesVersion: *"?(v[\w.+-]+)"?/m.exec(settings)?.[1],
    nodes: [...found.keys()].flatMap(key => nodeOf(key) ?? []).sort(),
    revision,
  }
}

const nodeOf = (key: string): string | undefined => /\/minions\/([^/]+)$/.exec(key)?.[1]

/** The object in a value of the API server's storage (k8s.io/apimachinery, serializer/protobuf); undefined when it is encrypted. */
const objectOf = (value: Buffer | undefined): Buffer | undefined =>
  value?.subarray(0, 4).equals(Buffer.from('k8s\0')) === true ? protoBytes(value.subarray(4), 2) : undefined

/** One entry of the data of a ConfigMap. */
function dataOf(configMap: Buffer | undefined, key: string): string | undefined {
  if (configMap === undefined) return undefined
  for (const {number, bytes} of protoFields(configMap)) {
    if (number === 2 && protoText(bytes, 1) === key) return protoText(bytes, 2)
  }
  return undefined
}
