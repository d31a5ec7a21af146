import {certPath, keyPath} from '../../domain/certificates.ts'
import {KadmError} from '../../domain/errors.ts'
import {MANIFESTS_DIR} from '../../domain/paths.ts'
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

const API = `${MANIFESTS_DIR}/kube-apiserver.yaml`
const OUTSIDE = 67

/** A client of etcd by the member on this control plane, with the certificate that kubeadm uses for it too. */
export async function etcdOf(host: Host, pki: string, signal: AbortSignal): Promise<EtcdClient> {
  const files = [
    certPath('etcd-ca', pki),
    certPath('etcd-healthcheck-client', pki),
    keyPath('etcd-healthcheck-client', pki),
  ]
  const {code, stdout, stderr} = await host.run(
    sh`if [ -e ${API} ] && [ ! -e ${`${MANIFESTS_DIR}/etcd.yaml`} ] && ! grep -q -e '--etcd-servers=.*//127\.0\.0\.1:' -e '--etcd-servers=.*//\[::1\]:' ${API}; then exit ${OUTSIDE}; fi
for file in ${files}; do base64 -w0 <"$file" || exit 66; echo; done`.text,
    {signal},
  )
  if (code === OUTSIDE) {
    throw new KadmError('config', 'the etcd of this cluster runs outside of it, so kadm does not look after it', {
      host: host.name,
      hint: 'use the tools of that etcd',
    })
  }
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
