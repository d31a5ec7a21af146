import {formatCidr, parseCidr} from '../../domain/cidr.ts'
import type {Arg, ComponentExtra, Extra, ExtraEnv} from '../../domain/cluster.ts'
import {parseVersion} from '../../domain/version.ts'
import {DEFAULTS} from './defaults.ts'
import type {Draft} from './draft.ts'
import {hours, lowerCase} from './draft-of-cluster.ts'
import {endpointWithPort} from '../rules/endpoint.ts'
import {type Locate, type Located, type Report, sayAt} from '../documents/finding.ts'
import {RELEASE_SERVER, type ConfigEnvironment} from '../read/environment.ts'
import {splitRanges} from '../rules/rules.ts'
import {secondsOf} from './kubeadm-settings.ts'
import type {ClusterConfiguration, ComponentDocument, InitConfiguration} from '../documents/kubeadm-documents.ts'
import {usable} from '../documents/shapes.ts'
import {isTree} from '../documents/tree.ts'

/** kubeadm treats an empty text like a missing field. */
const filled = (text: string | undefined): string | undefined => (text === '' ? undefined : text)

interface KubeadmContext {
  readonly environment: ConfigEnvironment
  readonly report: Report
  /** The port of an endpoint without one. */
  readonly apiPort: number | undefined
}

/** The settings of kubeadm's ClusterConfiguration. */
export function draftOfClusterConfiguration(
  document: ClusterConfiguration,
  locate: Locate,
  context: KubeadmContext,
): Draft {
  const say = sayAt(locate)
  const {networking} = document
  return {
    name: say(filled(document.clusterName), 'clusterName'),
    version: releaseOf(say(filled(document.kubernetesVersion), 'kubernetesVersion'), context),
    controlPlaneEndpoint: say(
      endpointWithPort(document.controlPlaneEndpoint, context.apiPort ?? DEFAULTS.apiPort),
      'controlPlaneEndpoint',
    ),
    podSubnets: withoutHostBits(say(filled(networking?.podSubnet), 'networking', 'podSubnet'), context.report),
    serviceSubnets: withoutHostBits(
      say(filled(networking?.serviceSubnet), 'networking', 'serviceSubnet'),
      context.report,
    ),
    dnsDomain: say(filled(networking?.dnsDomain), 'networking', 'dnsDomain'),
    imageRepository: say(filled(document.imageRepository), 'imageRepository'),
    algorithm: say(
      document.encryptionAlgorithm === '' ? undefined : document.encryptionAlgorithm,
      'encryptionAlgorithm',
    ),
    caHours: say(hours(document.caCertificateValidityPeriod), 'caCertificateValidityPeriod'),
    leafHours: say(hours(document.certificateValidityPeriod), 'certificateValidityPeriod'),
    apiServerSans: say(lowerCase(document.apiServer?.certSANs), 'apiServer', 'certSANs'),
  }
}

/** Ranges as they are meant: kubeadm takes the address of a host for the network that it is in. */
function withoutHostBits(said: Located<string> | undefined, report: Report): Draft['podSubnets'] {
  if (said === undefined) return undefined
  const value = splitRanges(said.value).map(text => {
    const cidr = parseCidr(text)
    if (cidr === undefined || cidr.address === cidr.network) return text
    const meant = formatCidr(cidr)
    report({severity: 'warning', place: said.place, message: `${text} has host bits set; kadm reads it as ${meant}`})
    return meant
  })
  return {value, place: said.place}
}

/** A release, or the one that a label such as `stable-1.37` stands for. */
function releaseOf(said: Located<string> | undefined, {environment, report}: KubeadmContext): Draft['version'] {
  if (said === undefined) return undefined
  const release = parseVersion(said.value)
  if (release !== undefined) return {...said, value: release.text}
  const found = environment.releaseOf?.(said.value)
  if (found !== undefined) return {...said, value: found}
  const message = `'${said.value}' is looked up at ${RELEASE_SERVER}, which could not be asked; write the release itself, such as ${DEFAULTS.version}, the newest that this kadm knows`
  report({severity: 'error', place: said.place, message})
  return undefined
}

/** kubeadm reads 0 as the usual port. */
const chosenPort = (port: number | undefined): number | undefined => (port === 0 ? undefined : port)

export function draftOfInit(document: InitConfiguration, locate: Locate): Draft {
  const say = sayAt(locate)
  const startup = secondsOf(document.timeouts?.controlPlaneComponentHealthCheck)
  return {
    apiPort: say(chosenPort(document.localAPIEndpoint?.bindPort), 'localAPIEndpoint', 'bindPort'),
    startupSeconds: say(
      startup === undefined || startup <= 0 ? undefined : Math.ceil(startup),
      'timeouts',
      'controlPlaneComponentHealthCheck',
    ),
    ignorePreflightErrors: ignored(document, locate),
  }
}

/** `apiServer.timeoutForControlPlane` of v1beta3, which became a timeout of InitConfiguration. */
export const draftOfOldStartup = (duration: string, locate: Locate): Draft => ({
  startupSeconds: sayAt(locate)(secondsOf(duration), 'apiServer', 'timeoutForControlPlane'),
})

const ignored = (document: InitConfiguration, locate: Locate): Draft['ignorePreflightErrors'] =>
  sayAt(locate)(
    lowerCase(document.nodeRegistration?.ignorePreflightErrors),
    'nodeRegistration',
    'ignorePreflightErrors',
  )

/** What kubeadm's ClusterConfiguration adds to the control-plane components. */
export const componentExtras = (
  document: ClusterConfiguration | undefined,
): Pick<Extra, 'apiServer' | 'controllerManager' | 'scheduler' | 'etcd'> => ({
  apiServer: componentExtra(document?.apiServer),
  controllerManager: componentExtra(document?.controllerManager),
  scheduler: componentExtra(document?.scheduler),
  etcd: componentExtra(document?.etcd?.local),
})

function componentExtra(component: Partial<ComponentDocument> | undefined): ComponentExtra {
  return {
    args: argsOf(component?.extraArgs),
    volumes: usable(component?.extraVolumes).map(({value}) => ({
      name: value.name,
      hostPath: value.hostPath,
      mountPath: value.mountPath,
      readOnly: value.readOnly ?? false,
      pathType: filled(value.pathType),
    })),
    envs: usable(component?.extraEnvs).map(({value: {name, value = '', valueFrom}}) =>
      valueFrom === undefined ? {name, value} : {name, value, valueFrom: withFieldVersion(valueFrom)},
    ),
  }
}

/** The usable ones of a list of flags. */
export const argsOf = (args: readonly (ArgDocument | undefined)[] | undefined): readonly Arg[] =>
  usable(args).map(({value: {name, value = ''}}) => ({name, value}))

interface ArgDocument {
  readonly name: string
  readonly value?: string | undefined
}

type ValueFrom = NonNullable<ExtraEnv['valueFrom']>

/** kubeadm writes the version of a field reference out (v1beta4, SetDefaults_EnvVar). */
const withFieldVersion = (valueFrom: ValueFrom): ValueFrom => {
  const {fieldRef} = valueFrom
  return isTree(fieldRef) ? {...valueFrom, fieldRef: {apiVersion: 'v1', ...fieldRef}} : valueFrom
}
