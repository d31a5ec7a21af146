import {
  CA_NAMES,
  certificateNames,
  certificateSpec,
  certPath,
  keyPath,
  type CaName,
  type CertificateName,
} from './certificates.ts'
import type {Cluster, HostSpec, Node} from './cluster.ts'
import {KadmError} from './errors.ts'
import type {Facts} from './facts.ts'
import {
  createsCluster,
  JOINED_KUBECONFIGS,
  KUBECONFIG_NAMES,
  kubeconfigSpec,
  type KubeconfigName,
} from './kubeconfig-specs.ts'
import {KUBELET_CONF} from './paths.ts'

type Known = Pick<Facts, 'files' | 'certificatesDir'>

/**
 * The authorities of a control plane whose key is kept elsewhere: their certificate is there and their key is not, as kubeadm decides it. The
 * CA alone beside a kubelet.conf makes a worker.
 */
export function externalAuthorities({files, certificatesDir}: Known): readonly CaName[] {
  const has = (path: string): boolean => files[path] !== undefined
  const isWorker = has(KUBELET_CONF) && !has(certPath('apiserver', certificatesDir))
  if (isWorker) return []
  return CA_NAMES.filter(name => has(certPath(name, certificatesDir)) && !has(keyPath(name, certificatesDir)))
}

/** The authorities of a cluster whose key none of its known control planes has: nobody can sign for a machine that is added. */
export const authoritiesElsewhere = (controlPlanes: readonly Known[]): readonly CaName[] =>
  CA_NAMES.filter(
    name =>
      controlPlanes.some(known => externalAuthorities(known).includes(name)) &&
      !controlPlanes.some(({files, certificatesDir}) => files[keyPath(name, certificatesDir)] !== undefined),
  )

/** A cluster, for the question of what must be signed for its machines. */
export interface Signing {
  readonly cluster: Pick<Cluster, 'kubeadm'>
  readonly nodes: readonly Pick<Node, 'role'>[]
  /** The authorities whose key is on no control plane of the cluster. */
  readonly elsewhere: readonly CaName[]
  /** The control plane that creates the cluster, or created it; undefined: the machines join one. */
  readonly leader: HostSpec | undefined
}

interface Machine {
  readonly node: Pick<Node, 'role' | 'host'>
  readonly facts: Known
}

/** What an external authority must sign for a machine. */
export interface ToSign {
  readonly certificates: readonly CertificateName[]
  readonly kubeconfigs: readonly KubeconfigName[]
}

/** The authorities that cannot sign for this machine. */
export const elsewhereFor = ({node, facts}: Machine, elsewhere: readonly CaName[]): readonly CaName[] =>
  CA_NAMES.filter(
    name => elsewhere.includes(name) || (node.role === 'control-plane' && externalAuthorities(facts).includes(name)),
  )

/** Everything that must be signed elsewhere for this machine, whether it has it or not. */
export function signedOn(machine: Machine, {cluster, nodes, elsewhere, leader}: Signing): ToSign {
  const authorities = elsewhereFor(machine, elsewhere)
  const isCaElsewhere = authorities.includes('ca')
  const {node, facts} = machine
  if (node.role === 'worker') return {certificates: [], kubeconfigs: isCaElsewhere ? ['kubelet'] : []}
  const isLeader = node.host === leader && createsCluster(facts, nodes)
  return {
    certificates: certificateNames(cluster).filter(name => {
      const {signer} = certificateSpec(name)
      return signer !== undefined && authorities.includes(signer)
    }),
    kubeconfigs: isCaElsewhere ? (isLeader ? KUBECONFIG_NAMES : JOINED_KUBECONFIGS) : [],
  }
}

/**
 * What to write requests for, a machine each: what is missing, or everything where nothing is missing. Before any machine has an
 * authority without its key, all authorities count as kept elsewhere.
 */
export function toRequest(machines: readonly Machine[], signing: Signing): readonly ToSign[] {
  const isKnown = machines.some(machine => elsewhereFor(machine, signing.elsewhere).length > 0)
  const asked = isKnown ? signing : {...signing, elsewhere: CA_NAMES}
  const found = machines.map(machine => {
    const all = signedOn(machine, asked)
    return {all, missing: unsigned(all, machine.facts)}
  })
  return found.some(({missing}) => !isEmpty(missing)) ? found.map(({missing}) => missing) : found.map(({all}) => all)
}

export const isEmpty = ({certificates, kubeconfigs}: ToSign): boolean => certificates.length + kubeconfigs.length === 0

function unsigned({certificates, kubeconfigs}: ToSign, known: Known): ToSign {
  const lacks = (path: string): boolean => known.files[path] === undefined
  return {
    certificates: certificates.filter(name => certificateFiles(name, known).some(lacks)),
    kubeconfigs: kubeconfigs.filter(name => lacks(kubeconfigSpec(name).path)),
  }
}

/** The files of it that the machine does not have. */
export const unsignedFiles = ({certificates, kubeconfigs}: ToSign, known: Known): readonly string[] =>
  [
    ...certificates.flatMap(name => certificateFiles(name, known)),
    ...kubeconfigs.map(name => kubeconfigSpec(name).path),
  ].filter(path => known.files[path] === undefined)

const certificateFiles = (name: CertificateName, {certificatesDir}: Known): readonly string[] => [
  certPath(name, certificatesDir),
  keyPath(name, certificatesDir),
]

/** A file that would have to be issued again, by an authority whose key is not on the machines. */
export const cannotIssueAgain = (path: string, problem = 'it is wrong'): KadmError =>
  new KadmError('preflight', `cannot use ${path}: ${problem}; kadm cannot replace it without the key of its CA`, {
    hint: 'move the file away, write a new request with kadm certs csr FOLDER, let your CA sign it, and copy the result to this path',
  })

export const SIGN_THEM =
  'write the requests with kadm certs csr FOLDER, let your CA sign them, and copy the certificates, keys and kubeconfigs to these paths'
