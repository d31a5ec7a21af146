import {PKI_DIR} from '../../domain/paths.ts'
import type {Locate, Path, Report} from './finding.ts'
import type {
  ClusterConfiguration,
  ComponentDocument,
  InitConfiguration,
  JoinConfiguration,
} from './kubeadm-documents.ts'
import {phaseProblem, phaseRemark} from './kubeadm-phases.ts'
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
  judgePhases('init', document, locate, report)
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
  judgePhases('join', document, locate, report)
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
    const remark = phaseProblem(command, value) === undefined ? phaseRemark(command, value) : undefined
    if (remark !== undefined) warn(['skipPhases', index], remark)
  }
}

/** kubeadm refuses the name of a phase that it does not have, when it begins to run. */
function judgePhases(
  command: 'init' | 'join',
  {skipPhases}: InitConfiguration | JoinConfiguration,
  locate: Locate,
  report: Report,
): void {
  for (const {value, index} of usable(skipPhases)) {
    const message = phaseProblem(command, value)
    if (message !== undefined) report({severity: 'error', place: locate(['skipPhases', index]), message})
  }
}

const FEATURE_GATES = ['RootlessControlPlane']

/** Reports what a ClusterConfiguration asks for and kadm cannot do, and durations or ranges that it reads in another way. */
export function remarkOnCluster(document: ClusterConfiguration, locate: Locate, report: Report): void {
  const {featureGates, apiServer, controllerManager, scheduler, etcd} = document
  const components: readonly (readonly [Path, Partial<ComponentDocument> | undefined])[] = [
    [['apiServer'], apiServer],
    [['controllerManager'], controllerManager],
    [['scheduler'], scheduler],
    [['etcd', 'local'], etcd?.local],
  ]
  for (const [place, component] of components) {
    const warn: Remark = (path, message) => report({severity: 'warning', place: locate([...place, ...path]), message})
    remarkOnTwins('extraVolumes', usable(component?.extraVolumes), warn)
    remarkOnTwins('extraEnvs', usable(component?.extraEnvs), warn)
  }
  for (const [name, isOn] of Object.entries(featureGates ?? {})) {
    const refuse = (message: string): void =>
      report({severity: 'error', place: locate(['featureGates', name], 'key'), message})
    if (!FEATURE_GATES.includes(name)) refuse(`unknown feature gate '${name}'; kubeadm has ${FEATURE_GATES.join(', ')}`)
    else if (isOn) refuse('is not supported: kadm runs the control plane as root, as kubeadm does by default')
  }
}

/** kubeadm takes the last one of several with one name. */
function remarkOnTwins(
  key: string,
  list: readonly {readonly value: {readonly name: string}; readonly index: number}[],
  warn: Remark,
): void {
  const last = new Map(list.map(({value, index}) => [value.name, index]))
  for (const {value, index} of list)
    if (last.get(value.name) !== index)
      warn([key, index], `'${value.name}' is in the list again, and the last one counts`)
}
