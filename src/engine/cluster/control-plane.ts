import type {CaName} from '../../domain/certificates.ts'
import {certPath, keyPath, saKeyPath, saPubPath} from '../../domain/certificates.ts'
import {splitHostPort} from '../../domain/endpoint.ts'
import {KadmError} from '../../domain/errors.ts'
import {ADMIN_CONF, MANIFESTS_DIR, SUPER_ADMIN_CONF} from '../../domain/paths.ts'
import {clientFromKubeconfig, type KubeClient} from '../../kube/client.ts'
import {wayOver} from '../../kube/connection.ts'
import type {SharedFile} from '../../domain/shared-certs.ts'
import type {Host} from '../../remote/host.ts'
import {ownFolders} from '../../remote/shell/own-folders.ts'
import {concat, sh} from '../../remote/shell/shell.ts'
import type {EtcdClient} from '../../kube/etcd/etcd-client.ts'
import type {KeyPair, ServiceAccountKeyPair} from '../../resources/core/values.ts'
import {once} from '../hosts/once.ts'
import {etcdOf} from './etcd-of.ts'

/**
 * The host of a control plane, for data that only its files contain. Secrets are read over the transport and
 * stay in memory.
 */
export interface ControlPlane {
  readonly host: Host
  readonly api: () => Promise<KubeClient>
  readonly superApi: () => Promise<KubeClient>
  /** A client of etcd by the member on this host. */
  readonly etcd: () => Promise<EtcdClient>
  readonly serviceAccountKey: () => Promise<ServiceAccountKeyPair>
  readonly authority: (name: CaName) => Promise<KeyPair>
  readonly clusterCa: () => Promise<string>
  readonly sharedFile: (file: SharedFile) => Promise<string>
  /** Call it after a kubeconfig was written: the next request gets a client with its new content. */
  readonly forget: (path: string) => void
  readonly close: () => Promise<void>
}

/** `pki`: the folder of its certificates; by default the one that the files of the host name. */
export function controlPlaneOn(host: Host, signal: AbortSignal, pki?: string): ControlPlane {
  const pkiOf = once(() => (pki === undefined ? readPkiDir(host, signal) : Promise.resolve(pki)))
  const session: {readonly close: () => Promise<void>}[] = []
  const clients = new Map<string, () => Promise<KubeClient>>()
  const client = (path: string): Promise<KubeClient> => {
    const known =
      clients.get(path) ??
      once(async () => {
        const made = await clientOn(host, path, signal)
        session.push(made)
        return made
      })
    clients.set(path, known)
    return known()
  }
  return {
    host,
    api: () => client(ADMIN_CONF),
    superApi: () => client(SUPER_ADMIN_CONF),
    ...secretsOf(host, pkiOf, signal),
    etcd: once(async () => {
      const made = await etcdOf(host, await pkiOf(), signal)
      session.push(made)
      return made
    }),
    forget: path => {
      clients.delete(path)
    },
    close: async () => {
      await Promise.allSettled(session.map(one => one.close()))
    },
  }
}

/** The keys of the cluster, and its authority, as the files of the host have them. */
function secretsOf(
  host: Host,
  pkiOf: () => Promise<string>,
  signal: AbortSignal,
): Pick<ControlPlane, 'clusterCa' | 'serviceAccountKey' | 'authority' | 'sharedFile'> {
  const readText = (path: string): Promise<string> => host.read(sh`cat -- ${path}`.text, {signal})
  return {
    sharedFile: ({path}) => readText(path),
    clusterCa: async () => readClusterCa(host, await pkiOf(), signal),
    serviceAccountKey: async () => {
      const folder = await pkiOf()
      const [key, pub] = await Promise.all([readText(saKeyPath(folder)), readText(saPubPath(folder))])
      return {key, pub}
    },
    authority: async name => {
      const folder = await pkiOf()
      const [certPem, keyPem] = await Promise.all([readText(certPath(name, folder)), readText(keyPath(name, folder))])
      return {certPem, keyPem}
    },
  }
}

const readPkiDir = async (host: Host, signal: AbortSignal): Promise<string> =>
  (await host.read(concat([ownFolders(), sh`printf '%s\n' "$pki_dir"`]).text, {signal})).trim()

/** Where no file of the host names the folder of the certificates any more, the administrator's kubeconfig has the authority too. */
const readClusterCa = (host: Host, pki: string, signal: AbortSignal): Promise<string> =>
  host.read(
    sh`if [ -s ${certPath('ca', pki)} ] || [ ! -s ${ADMIN_CONF} ]; then cat -- ${certPath('ca', pki)}
else sed -n 's/^ *certificate-authority-data: *//p' ${ADMIN_CONF} | tr -d '"' | base64 -d; fi`.text,
    {signal},
  )
/** A line that is not part of the kubeconfig. */
const ADVERTISED = 'advertised '

/**
 * A client with the credentials of a kubeconfig that dials the API server of this very host, as the annotation of its
 * manifest names it: the server in the kubeconfig may be a load balancer that does not lead here yet.
 */
async function clientOn(host: Host, path: string, signal: AbortSignal): Promise<KubeClient> {
  const output = await readKubeconfig(host, path, signal)
  const end = output.indexOf('\n')
  const own = splitHostPort(output.slice(ADVERTISED.length, end), Number.NaN)
  const way = wayOver(host)
  const forward = Number.isNaN(own.port) ? way : Object.assign(() => way(own.host, own.port), {reach: way.reach})
  return clientFromKubeconfig(output.slice(end + 1), forward)
}

const GONE = 66
const GONE_FROM_CONTROL_PLANE = 67

/** Its first line is the advertised endpoint. Tells a control plane that lost the file from a host that never was a control plane. */
async function readKubeconfig(host: Host, path: string, signal: AbortSignal): Promise<string> {
  const script = sh`[ -e ${path} ] || { [ -e ${MANIFESTS_DIR}/kube-apiserver.yaml ] && exit ${GONE_FROM_CONTROL_PLANE}; exit ${GONE}; }
printf '%s%s\n' ${ADVERTISED} "$(sed -n 's/^.*kube-apiserver\.advertise-address\.endpoint: *"\{0,1\}\([^" ]*\)"\{0,1\} *$/\1/p' ${`${MANIFESTS_DIR}/kube-apiserver.yaml`} 2>/dev/null | head -n 1)"
cat -- ${path}`
  const {code, stdout, stderr} = await host.run(script.text, {signal})
  if (code === 0) return stdout
  if (code === GONE_FROM_CONTROL_PLANE) {
    throw new KadmError('connect', `${path} not found: this host is a control plane, but the file is gone`, {
      host: host.name,
      hint: 'run `kadm init` (or `kadm apply`) for this host again: it writes the file again',
    })
  }
  if (code === GONE) {
    throw new KadmError('connect', `${path} not found: this host is not an initialized control plane`, {
      host: host.name,
      hint: 'name the machine that ran `kadm init`',
    })
  }
  throw new KadmError('connect', `cannot read ${path}`, {
    host: host.name,
    evidence: stderr,
    hint: `check the file there: sudo ls -l ${path}`,
  })
}
