import {issueLeaf} from '../../certs/issue.ts'
import {makeKey, parsePrivateKey, privateKeyPem} from '../../certs/keys.ts'
import {ADMINS_GROUP, certPath, keyPath, type CaName} from '../../domain/certificates.ts'
import {KadmError} from '../../domain/errors.ts'
import {urlHost} from '../../domain/etcd.ts'
import {ADMIN_CONF} from '../../domain/paths.ts'
import {PORTS} from '../../domain/ports.ts'
import type {SharedTexts} from '../../domain/shared-certs.ts'
import {kubeClient, type KubeClient} from '../../kube/client.ts'
import {wayOver} from '../../kube/connection.ts'
import {etcdClient, type EtcdClient} from '../../kube/etcd/etcd-client.ts'
import type {EtcdEndpoint} from '../../kube/etcd/gateway.ts'
import {endpointFromKubeconfig} from '../../kube/kubeconfig.ts'
import {textAt, textsAt} from '../../kube/json.ts'
import {apiPath, query} from '../../kube/kinds.ts'
import type {Host} from '../../remote/host.ts'
import {sh} from '../../remote/shell/shell.ts'
import type {KeyPair} from '../../resources/core/values.ts'
import {once} from '../hosts/once.ts'
import type {ControlPlane} from './control-plane.ts'

export interface SharedControlPlane {
  /** The machine that joins, through which everything is reached. */
  readonly host: Host
  /** The API of the cluster. */
  readonly server: {readonly host: string; readonly port: number; readonly ca: string}
  /** The CAs and the key of service accounts. Without the key of a CA, the machine has what this CA signed elsewhere. */
  readonly shared: SharedTexts
  /** The folder of the certificates on the machine. */
  readonly pkiDir?: string | undefined
  readonly now: Date
  readonly random: (bytes: number) => Buffer
}

/** Only for this run; the kubeconfigs on the machine get certificates of their own. */
const HOURS = 24

/**
 * The control plane of a cluster for a machine that has its CAs: with these it gives itself the access that its
 * admin.conf will have, or takes that of a signed admin.conf.
 */
export function sharedControlPlane(given: SharedControlPlane): ControlPlane {
  const {host, server, shared} = given
  const opened: {readonly close: () => Promise<void>}[] = []
  const kept = <T extends {readonly close: () => Promise<void>}>(open: () => Promise<T>): (() => Promise<T>) =>
    once(async () => {
      const made = await open()
      opened.push(made)
      return made
    })
  const api = kept(async () => {
    const {host: to, port} = server
    const ca = authorityIn(shared, 'ca')
    if (ca.keyPem === '') {
      const signed = endpointFromKubeconfig(await host.read(sh`cat -- ${ADMIN_CONF}`.text))
      return kubeClient({...signed, host: to, port}, wayOver(host))
    }
    const {cert, key} = await clientOf(given, ca, {name: 'kubernetes-admin', groups: [ADMINS_GROUP]})
    const credentials = {kind: 'certificate', cert, key} as const
    return kubeClient({host: to, port, trust: {ca: server.ca}, credentials}, wayOver(host))
  })
  return {
    host,
    api,
    superApi: () => Promise.reject(new KadmError('remote', 'a machine that joins has no emergency access')),
    etcd: kept(async () => etcdThrough(given, await api())),
    serviceAccountKey: () => Promise.resolve({key: textOf(shared, 'sa.key'), pub: textOf(shared, 'sa.pub')}),
    authority: name => Promise.resolve(authorityIn(shared, name)),
    sharedFile: ({entry}) => Promise.resolve(textOf(shared, entry)),
    clusterCa: () => Promise.resolve(server.ca),
    forget: () => undefined,
    close: async () => {
      await Promise.allSettled(opened.map(one => one.close()))
    },
  }
}

const textOf = (shared: SharedTexts, entry: string): string => {
  const text = shared.get(entry) ?? ''
  if (text === '') throw new Error(`${entry} was not checked`)
  return text
}

/** Its key is empty where it is kept elsewhere. */
const authorityIn = (shared: SharedTexts, name: CaName): KeyPair => ({
  certPem: textOf(shared, `${name}.crt`),
  keyPem: shared.get(`${name}.key`) ?? '',
})

async function clientOf(
  {now, random}: SharedControlPlane,
  ca: KeyPair,
  {name, groups}: {readonly name: string; readonly groups: readonly string[]},
): Promise<{readonly cert: string; readonly key: string}> {
  const key = await makeKey('ECDSA-P256')
  const wanted = {
    isCa: false,
    commonName: name,
    organisations: groups,
    usages: ['clientAuth'],
    sans: {dns: [], ips: []},
    hours: HOURS,
  } as const
  const signer = {certPem: ca.certPem, key: parsePrivateKey(ca.keyPem)}
  return {cert: issueLeaf({wanted, key, now, random}, signer), key: privateKeyPem(key)}
}

async function etcdThrough(given: SharedControlPlane, api: KubeClient): Promise<EtcdClient> {
  const endpoints = await etcdEndpoints(api, given.host)
  if (endpoints.length === 0) {
    throw new KadmError('remote', 'no member of etcd is known: no pod of etcd in kube-system names its address', {
      hint: 'check the control planes: kadm status',
    })
  }
  const ca = authorityIn(given.shared, 'etcd-ca')
  const {cert, key} =
    ca.keyPem === ''
      ? await signedEtcdClient(given)
      : await clientOf(given, ca, {name: 'kube-etcd-healthcheck-client', groups: []})
  return etcdClient(endpoints, {ca: ca.certPem, cert, key})
}

/** The one that was signed elsewhere, from the machine. */
async function signedEtcdClient({host, pkiDir}: SharedControlPlane): Promise<{cert: string; key: string}> {
  const name = 'etcd-healthcheck-client'
  const [cert, key] = await Promise.all(
    ([certPath(name, pkiDir), keyPath(name, pkiDir)] as const).map(path => host.read(sh`cat -- ${path}`.text)),
  )
  return {cert: cert ?? '', key: key ?? ''}
}

const ADVERTISED = 'kubeadm.kubernetes.io/etcd.advertise-client-urls'

/** As kubeadm finds the members: each of their pods notes the addresses for clients. */
async function etcdEndpoints(api: KubeClient, host: Host): Promise<readonly EtcdEndpoint[]> {
  const path = apiPath.pods(undefined, 'kube-system') + query({labelSelector: 'component=etcd,tier=control-plane'})
  return (await api.list(path)).flatMap((pod): readonly EtcdEndpoint[] => {
    const [url = ''] = (textsAt(pod, 'metadata', 'annotations')[ADVERTISED] ?? '').split(',')
    const address = urlHost(url)
    if (address === undefined) return []
    const port = Number(/:(\d+)\/?$/.exec(url)?.[1] ?? PORTS.etcdClient)
    return [{name: textAt(pod, 'spec', 'nodeName') ?? address, host: address, port, forward: wayOver(host)}]
  })
}
