import {PKI_DIR} from '../../domain/paths.ts'
import type {Locate, Path, Report} from './finding.ts'
import type {ClusterConfiguration, InitConfiguration, JoinConfiguration} from './kubeadm-documents.ts'
import {phaseRemark} from './kubeadm-phases.ts'
import {usable} from './shapes.ts'

const USUAL_CA = `${PKI_DIR}/ca.crt`

type Remark = (path: Path, message: string) => void

/** The token of kubeadm's example and of `kubeadm config print`. */
const KNOWN_TOKEN = 'abcdef.0123456789abcdef'

/** Warns of what `kubeadm init` would do with a document and kadm does in another way. */
export function remarkOnInit(document: InitConfiguration, locate: Locate, report: Report): void {
  const warn: Remark = (path, message) => report({severity: 'warning', place: locate(path, 'key'), message})
  if ((document.certificateKey ?? '') !== '')
    warn(
      ['certificateKey'],
      "counts with 'kadm init --upload-certs' only; with SSH, kadm copies the certificates to further control planes itself",
    )
  for (const {value, index} of usable(document.bootstrapTokens)) {
    const path = ['bootstrapTokens', index, 'token']
    if (value.token === KNOWN_TOKEN)
      warn(path, "is the token of kubeadm's example, which everybody knows; remove it, or write one of your own")
    else if ((value.token ?? '') === '')
      warn(path, 'is missing, so kadm creates no such token; create one when you need it: kadm token create')
  }
  remarkOnCommand('init', document, warn)
}

/** The same for `kubeadm join`. */
export function remarkOnJoin(document: JoinConfiguration, locate: Locate, report: Report): void {
  const warn: Remark = (path, message) => report({severity: 'warning', place: locate(path, 'key'), message})
  if (!['', USUAL_CA].includes(document.caCertPath ?? ''))
    warn(
      ['caCertPath'],
      "is not used: kadm puts the CA into certificatesDir, where the kubelet's configuration expects it",
    )
  remarkOnCommand('join', document, warn)
}

function remarkOnCommand(
  command: 'init' | 'join',
  {nodeRegistration, skipPhases}: InitConfiguration | JoinConfiguration,
  warn: Remark,
): void {
  if (nodeRegistration?.imagePullPolicy === 'Always')
    warn(
      ['nodeRegistration', 'imagePullPolicy'],
      'Always is read as IfNotPresent: kadm pulls images that are missing, so that a second run changes nothing',
    )
  for (const {value, index} of usable(skipPhases)) {
    const remark = phaseRemark(command, value)
    if (remark !== undefined) warn(['skipPhases', index], remark)
  }
}

const FEATURE_GATES = ['RootlessControlPlane']

/** Reports what a ClusterConfiguration asks for and kadm cannot do, and durations or ranges that it reads in another way. */
export function remarkOnCluster({featureGates}: ClusterConfiguration, locate: Locate, report: Report): void {
  for (const [name, isOn] of Object.entries(featureGates ?? {})) {
    const refuse = (message: string): void =>
      report({severity: 'error', place: locate(['featureGates', name], 'key'), message})
    if (!FEATURE_GATES.includes(name)) refuse(`unknown feature gate '${name}'; kubeadm has ${FEATURE_GATES.join(', ')}`)
    else if (isOn) refuse('is not supported: kadm runs the control plane as root, as kubeadm does by default')
  }
}
