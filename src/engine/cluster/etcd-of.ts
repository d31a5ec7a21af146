import {certPath, keyPath} from '../../domain/certificates.ts'
import {KadmError} from '../../domain/errors.ts'
import {PORTS} from '../../domain/ports.ts'
import {wayOver} from '../../kube/connection.ts'
import {etcdClient, type EtcdClient} from '../../kube/etcd/etcd-client.ts'
import type {EtcdEndpoint} from '../../kube/etcd/gateway.ts'
import type {Host} from '../../remote/host.ts'
import {sh} from '../../remote/shell/shell.ts'

/** The member on a control plane, which listens on loopback too. */
export const etcdOn = (host: Host): EtcdEndpoint => ({
  name: host.name,
  host: '127.0.0.1',
  port: PORTS.etcdClient,
  forward: wayOver(host),
})

/** A client of etcd by the member on this control plane, with the certificate that kubeadm uses for it too. */
export async function etcdOf(host: Host, pki: string, signal: AbortSignal): Promise<EtcdClient> {
  const files = [
    certPath('etcd-ca', pki),
    certPath('etcd-healthcheck-client', pki),
    keyPath('etcd-healthcheck-client', pki),
  ]
  const {code, stdout, stderr} = await host.run(
    sh`for file in ${files}; do base64 -w0 <"$file" || exit 66; echo; done`.text,
    {signal},
  )
  const [ca, cert, key] = stdout.split('\n').map(line => Buffer.from(line, 'base64').toString())
  if (code !== 0 || ca === undefined || cert === undefined || key === undefined) {
    throw new KadmError('connect', 'cannot read the certificates of etcd', {
      host: host.name,
      evidence: stderr,
      hint: 'run kadm apply for this host again: it creates the certificates that are missing',
    })
  }
  return etcdClient([etcdOn(host)], {ca, cert, key})
}
