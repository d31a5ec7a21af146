import type {Cluster, ComponentExtra} from '../../domain/cluster.ts'
import {goDuration} from '../../domain/duration.ts'
import type * as model from '../../domain/kubeadm.ts'

export const defined = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, child]) => child !== undefined))
export const said = (key: string, value: unknown): object => (value === undefined ? {} : {[key]: value})
export const filled = (key: string, value: object): object => (Object.keys(value).length === 0 ? {} : {[key]: value})

/** The settings of a cluster that only kubeadm's ClusterConfiguration has a place for. */
export function clusterBody({extra, kubeadm = {}}: Cluster): object {
  const {etcd, externalEtcd, dns, proxyDisabled, certificatesDir} = kubeadm
  const local = {...componentBody(extra.etcd), ...(etcd === undefined ? {} : localEtcd(etcd))}
  return {
    ...filled('apiServer', componentBody(extra.apiServer)),
    ...filled('controllerManager', componentBody(extra.controllerManager)),
    ...filled('scheduler', componentBody(extra.scheduler)),
    ...filled('etcd', {
      ...filled('local', local),
      ...said('external', externalEtcd === undefined ? undefined : defined(externalEtcd)),
    }),
    ...said('certificatesDir', certificatesDir),
    ...filled('dns', defined(dns ?? {})),
    ...filled('proxy', said('disabled', proxyDisabled)),
  }
}

const localEtcd = ({serverCertSans, peerCertSans, ...others}: model.LocalEtcd): object =>
  defined({...others, serverCertSANs: serverCertSans, peerCertSANs: peerCertSans})

const componentBody = (component: ComponentExtra): object => ({
  ...filled('extraArgs', component.args),
  ...filled('extraVolumes', component.volumes.map(defined)),
  ...filled(
    'extraEnvs',
    component.envs.map(({name, value, valueFrom}) => (valueFrom === undefined ? {name, value} : {name, valueFrom})),
  ),
})

/** The settings of the nodes of one role that no host has a place for. */
const nodeBody = (command: model.CommandSettings & Pick<model.JoinSettings, 'ignorePreflightErrors'>): object => ({
  ...said('imagePullPolicy', command.imagePullPolicy),
  ...said('imagePullSerial', command.imagePullSerial),
  ...said('ignorePreflightErrors', command.ignorePreflightErrors),
})

const commandBody = ({dryRun, skipPhases, patchesDirectory, timeouts}: model.CommandSettings): object => ({
  ...said('dryRun', dryRun),
  ...said('skipPhases', skipPhases),
  ...filled('patches', said('directory', patchesDirectory)),
  ...filled(
    'timeouts',
    Object.fromEntries(
      Object.entries(defined(timeouts ?? {})).map(([name, seconds]) => [name, goDuration(Number(seconds) * 1000)]),
    ),
  ),
})

/** The content of InitConfiguration; empty when the cluster sets none of it. */
export function initBody({kubeadm}: Cluster): object {
  const init = kubeadm?.init ?? {}
  return {
    ...said('bootstrapTokens', init.bootstrapTokens?.map(tokenBody)),
    ...said('certificateKey', init.certificateKey),
    ...filled('nodeRegistration', nodeBody(init)),
    ...commandBody(init),
  }
}

const tokenBody = ({token, description, ttlSeconds, expires, usages, groups}: model.BootstrapTokenSettings): object =>
  defined({
    token,
    description,
    ttl: ttlSeconds === undefined ? undefined : goDuration(ttlSeconds * 1000),
    expires,
    usages,
    groups,
  })

/** The same for JoinConfiguration; `node` is what a file of kubeadm says of nodes that no host stands for yet. */
export function joinBody({kubeadm}: Cluster, node: object = {}): object {
  const join = kubeadm?.join ?? {}
  return {
    ...said('discovery', join.discovery === undefined ? undefined : discoveryBody(join.discovery)),
    ...said('caCertPath', join.caCertPath),
    ...said('controlPlane', join.controlPlane === undefined ? undefined : controlPlaneBody(join.controlPlane)),
    ...filled('nodeRegistration', {...node, ...nodeBody(join)}),
    ...commandBody(join),
  }
}

const discoveryBody = ({bootstrapToken, kubeConfigPath, tlsBootstrapToken}: model.Discovery): object => ({
  ...said(
    'bootstrapToken',
    bootstrapToken === undefined
      ? undefined
      : {
          token: bootstrapToken.token,
          apiServerEndpoint: bootstrapToken.apiServerEndpoint,
          ...filled('caCertHashes', bootstrapToken.caCertHashes),
          ...(bootstrapToken.unsafeSkipCaVerification ? {unsafeSkipCAVerification: true} : {}),
        },
  ),
  ...said('file', kubeConfigPath === undefined ? undefined : {kubeConfigPath}),
  ...said('tlsBootstrapToken', tlsBootstrapToken),
})

const controlPlaneBody = ({advertiseAddress, bindPort, certificateKey}: model.JoinControlPlane): object => ({
  ...filled('localAPIEndpoint', defined({advertiseAddress, bindPort})),
  ...said('certificateKey', certificateKey),
})
