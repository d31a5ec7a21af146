import type {CaName} from '../domain/certificates.ts'
import {certPath, keyPath} from '../domain/certificates.ts'
import {KadmError} from '../domain/errors.ts'
import {ADMIN_CONF, SUPER_ADMIN_CONF} from '../domain/paths.ts'
import {clientFromKubeconfig, type KubeClient} from '../kube/client.ts'
import {wayOver} from '../kube/connection.ts'
import type {Host} from '../remote/host.ts'
import {sh} from '../remote/shell.ts'
import type {KeyPair} from '../resources/values.ts'

/** A control plane's host, for what only its files can give. Secrets come over the transport and stay in memory. */
export interface ControlPlane {
  readonly host: Host
  readonly api: () => Promise<KubeClient>
  readonly superApi: () => Promise<KubeClient>
  readonly authority: (name: CaName) => Promise<KeyPair>
  readonly clusterCa: () => Promise<string>
  readonly close: () => Promise<void>
}

export function controlPlaneOn(host: Host, signal: AbortSignal): ControlPlane {
  const clients = new Map<string, Promise<KubeClient>>()
  const readText = (path: string): Promise<string> => host.read(sh`cat -- ${path}`.text, {signal})
  const client = (path: string): Promise<KubeClient> => {
    const known = clients.get(path)
    if (known !== undefined) return known
    const made = readText(path).then(
      text => clientFromKubeconfig(text, wayOver(host)),
      (cause: unknown) => {
        clients.delete(path)
        if (!(cause instanceof KadmError) || cause.code !== 'remote') throw cause
        throw new KadmError('connect', `there is no ${path}, so this is no control plane that is up`, {
          host: host.name,
          cause,
          hint: 'name the machine that ran `kadm init`',
        })
      },
    )
    clients.set(path, made)
    return made
  }
  return {
    host,
    api: () => client(ADMIN_CONF),
    superApi: () => client(SUPER_ADMIN_CONF),
    clusterCa: () => readText(certPath('ca')),
    authority: async name => {
      const [certPem, keyPem] = await Promise.all([readText(certPath(name)), readText(keyPath(name))])
      return {certPem, keyPem}
    },
    close: async () => {
      const made = await Promise.allSettled([...clients.values()])
      await Promise.allSettled(made.flatMap(one => (one.status === 'fulfilled' ? [one.value.close()] : [])))
    },
  }
}
