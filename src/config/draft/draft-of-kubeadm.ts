import type {Arg, ComponentExtra, Extra} from '../../domain/cluster.ts'
import {DEFAULTS} from './defaults.ts'
import type {Draft} from './draft.ts'
import {hours, lowerCase, rangeList, seconds} from './draft-of-cluster.ts'
import {endpointWithPort} from '../rules/endpoint.ts'
import {type Locate, sayAt} from '../documents/finding.ts'
import type {
  ClusterConfiguration,
  ComponentDocument,
  InitConfiguration,
  JoinConfiguration,
} from '../documents/kubeadm-documents.ts'
import {usable} from '../documents/shapes.ts'

/** kubeadm treats an empty text like a missing field. */
const filled = (text: string | undefined): string | undefined => (text === '' ? undefined : text)

/** The settings of kubeadm's ClusterConfiguration; `apiPort` is the port of an endpoint without one. */
export function draftOfClusterConfiguration(document: ClusterConfiguration, locate: Locate, apiPort?: number): Draft {
  const say = sayAt(locate)
  const {networking} = document
  return {
    name: say(filled(document.clusterName), 'clusterName'),
    version: say(document.kubernetesVersion, 'kubernetesVersion'),
    controlPlaneEndpoint: say(
      endpointWithPort(document.controlPlaneEndpoint, apiPort ?? DEFAULTS.apiPort),
      'controlPlaneEndpoint',
    ),
    podSubnets: say(rangeList(filled(networking?.podSubnet)), 'networking', 'podSubnet'),
    serviceSubnets: say(rangeList(filled(networking?.serviceSubnet)), 'networking', 'serviceSubnet'),
    dnsDomain: say(filled(networking?.dnsDomain), 'networking', 'dnsDomain'),
    imageRepository: say(filled(document.imageRepository), 'imageRepository'),
    algorithm: say(document.encryptionAlgorithm, 'encryptionAlgorithm'),
    caHours: say(hours(document.caCertificateValidityPeriod), 'caCertificateValidityPeriod'),
    leafHours: say(hours(document.certificateValidityPeriod), 'certificateValidityPeriod'),
    apiServerSans: say(lowerCase(document.apiServer?.certSANs), 'apiServer', 'certSANs'),
  }
}

export function draftOfInit(document: InitConfiguration, locate: Locate): Draft {
  const say = sayAt(locate)
  return {
    apiPort: say(document.localAPIEndpoint?.bindPort, 'localAPIEndpoint', 'bindPort'),
    startupSeconds: say(
      seconds(filled(document.timeouts?.controlPlaneComponentHealthCheck)),
      'timeouts',
      'controlPlaneComponentHealthCheck',
    ),
    ignorePreflightErrors: ignored(document, locate),
  }
}

export const draftOfJoin = (document: JoinConfiguration, locate: Locate): Draft => ({
  ignorePreflightErrors: ignored(document, locate),
})

const ignored = (document: InitConfiguration | JoinConfiguration, locate: Locate): Draft['ignorePreflightErrors'] =>
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
    volumes: usable(component?.extraVolumes ?? undefined).map(({value}) => ({
      name: value.name,
      hostPath: value.hostPath,
      mountPath: value.mountPath,
      readOnly: value.readOnly ?? false,
      pathType: filled(value.pathType),
    })),
    envs: usable(component?.extraEnvs ?? undefined).map(({value}) => ({name: value.name, value: value.value ?? ''})),
  }
}

/** The usable ones of a list of flags. */
export const argsOf = (args: readonly (Arg | undefined)[] | null | undefined): readonly Arg[] =>
  usable(args ?? undefined).map(({value}) => ({name: value.name, value: value.value}))
