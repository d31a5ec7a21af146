import {USUAL_TIMEOUTS, TIMEOUT_NAMES} from '../../domain/kubeadm.ts'
import type * as model from '../../domain/kubeadm.ts'
import {ETCD_DATA_DIR, PKI_DIR} from '../../domain/paths.ts'
import type {Doc} from '../documents/file-documents.ts'
import type {
  ClusterConfiguration,
  InitConfiguration,
  JoinConfiguration,
  TimeoutsDocument,
} from '../documents/kubeadm-documents.ts'
import {phaseProblem} from '../documents/kubeadm-phases.ts'
import {usable} from '../documents/shapes.ts'
import {parseGoDuration} from '../rules/duration.ts'

/** The object, unless none of its values is defined. */
const filled = <T extends object>(value: T): T | undefined =>
  Object.values(value).some(child => child !== undefined) ? value : undefined

/** An empty text, and the value that holds anyway, say nothing. */
const said = <T extends string>(value: T | undefined, usual?: string): T | undefined =>
  value === undefined || value === '' || value === usual ? undefined : value

const unless = <T>(value: T | undefined, usual: T): T | undefined => (value === usual ? undefined : value)

const texts = (list: readonly (string | undefined)[] | undefined): readonly string[] | undefined => {
  const values = usable(list).map(({value}) => value)
  return values.length === 0 ? undefined : values
}

/** A folder without the slashes at its end, as Go's filepath.Join reads it. */
const folder = (path: string | undefined): string | undefined =>
  path === undefined || path === '' ? undefined : path.replaceAll(/\/+/g, '/').replace(/(?<=.)\/$/, '')

/** Seconds of a duration that was checked before. */
export const secondsOf = (duration: string | undefined): number | undefined =>
  duration === undefined ? undefined : (parseGoDuration(duration) ?? 0) / 1e9

/** What kubeadm's documents say besides the rest of a Cluster; undefined when they say nothing. */
export const kubeadmSettings = (documents: {
  readonly clusterConfiguration: Doc<ClusterConfiguration> | undefined
  readonly init: Doc<InitConfiguration> | undefined
  readonly join: Doc<JoinConfiguration> | undefined
}): model.KubeadmSettings | undefined =>
  filled({
    ...clusterSettings(documents.clusterConfiguration?.value),
    init: initSettings(documents.init?.value),
    join: joinSettings(documents.join?.value),
  })

function clusterSettings(document: ClusterConfiguration | undefined): model.KubeadmSettings {
  const {etcd, dns, proxy} = document ?? {}
  const {local, external} = etcd ?? {}
  return {
    certificatesDir: said(folder(document?.certificatesDir), PKI_DIR),
    etcd: filled({
      dataDir: said(folder(local?.dataDir), ETCD_DATA_DIR),
      imageRepository: said(local?.imageRepository),
      imageTag: said(local?.imageTag),
      serverCertSans: texts(local?.serverCertSANs),
      peerCertSans: texts(local?.peerCertSANs),
    }),
    externalEtcd:
      external === undefined
        ? undefined
        : {
            endpoints: texts(external.endpoints) ?? [],
            ...filled({
              httpEndpoints: texts(external.httpEndpoints),
              caFile: said(external.caFile),
              certFile: said(external.certFile),
              keyFile: said(external.keyFile),
            }),
          },
    dns: filled({
      imageRepository: said(dns?.imageRepository),
      imageTag: said(dns?.imageTag),
      disabled: unless(dns?.disabled, false),
    }),
    proxyDisabled: unless(proxy?.disabled, false),
  }
}

function commandSettings(
  command: 'init' | 'join',
  document: InitConfiguration | JoinConfiguration,
): model.CommandSettings {
  const {nodeRegistration} = document
  const policy = said(nodeRegistration?.imagePullPolicy, 'IfNotPresent')
  return {
    dryRun: unless(document.dryRun, false),
    skipPhases: texts(document.skipPhases?.filter(name => phaseProblem(command, name ?? '') === undefined)),
    patchesDirectory: said(document.patches?.directory),
    timeouts: timeoutSettings(document.timeouts),
    imagePullPolicy: policy === 'Always' || policy === 'Never' ? policy : undefined,
    imagePullSerial: unless(nodeRegistration?.imagePullSerial, true),
  }
}

const timeoutSettings = (timeouts: TimeoutsDocument | undefined): model.Timeouts | undefined =>
  filled(
    Object.fromEntries(TIMEOUT_NAMES.map(name => [name, unless(secondsOf(timeouts?.[name]), USUAL_TIMEOUTS[name])])),
  )

function initSettings(document: InitConfiguration | undefined): model.InitSettings | undefined {
  if (document === undefined) return undefined
  const {timeouts, ...command} = commandSettings('init', document)
  // A Cluster has a place of its own for the start of the control plane.
  const others = {...timeouts, controlPlaneComponentHealthCheck: undefined}
  const tokens = usable(document.bootstrapTokens).map(({value}) => tokenSettings(value))
  return filled({
    ...command,
    timeouts: filled(others),
    bootstrapTokens: tokens.length === 0 ? undefined : tokens,
    certificateKey: said(document.certificateKey),
  })
}

type TokenDocument = NonNullable<NonNullable<InitConfiguration['bootstrapTokens']>[number]>

/** kubeadm's own values for what a token does not say (apis/bootstraptoken/v1, defaults.go). */
const TOKEN_GROUPS = ['system:bootstrappers:kubeadm:default-node-token']
const TOKEN_USAGES = ['signing', 'authentication']
const TOKEN_SECONDS = 86_400

const tokenSettings = ({
  token,
  description,
  ttl,
  expires,
  usages,
  groups,
}: TokenDocument): model.BootstrapTokenSettings => ({
  ...filled({
    token: said(token),
    description: said(description),
    expires: said(expires),
    ttlSeconds: secondsOf(ttl) ?? (said(expires) === undefined ? TOKEN_SECONDS : undefined),
  }),
  usages: texts(usages) ?? TOKEN_USAGES,
  groups: texts(groups) ?? TOKEN_GROUPS,
})

function joinSettings(document: JoinConfiguration | undefined): model.JoinSettings | undefined {
  if (document === undefined) return undefined
  const {discovery, controlPlane} = document
  return filled({
    ...commandSettings('join', document),
    ignorePreflightErrors: texts(document.nodeRegistration?.ignorePreflightErrors)?.map(name => name.toLowerCase()),
    caCertPath: said(document.caCertPath, `${PKI_DIR}/ca.crt`),
    discovery: discoverySettings(discovery),
    controlPlane:
      controlPlane === undefined
        ? undefined
        : {
            ...filled({
              advertiseAddress: said(controlPlane.localAPIEndpoint?.advertiseAddress),
              bindPort: unless(controlPlane.localAPIEndpoint?.bindPort, 0),
              certificateKey: said(controlPlane.certificateKey),
            }),
          },
  })
}

function discoverySettings(document: JoinConfiguration['discovery']): model.Discovery | undefined {
  if (document === undefined) return undefined
  const {bootstrapToken} = document
  return filled({
    bootstrapToken:
      bootstrapToken === undefined
        ? undefined
        : {
            token: bootstrapToken.token,
            apiServerEndpoint: bootstrapToken.apiServerEndpoint,
            caCertHashes: texts(bootstrapToken.caCertHashes) ?? [],
            unsafeSkipCaVerification: bootstrapToken.unsafeSkipCAVerification ?? false,
          },
    kubeConfigPath: said(document.file?.kubeConfigPath.replace(/^file:\/\//, '')),
    tlsBootstrapToken: said(document.tlsBootstrapToken),
  })
}
