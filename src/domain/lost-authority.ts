import {certPath, keyPath, type CaName} from './certificates.ts'
import {ADMIN_CONF, KUBELET_CONF} from './paths.ts'

/** A file of one certificate that this authority signed. */
export const SIGNED: Readonly<Record<CaName, string>> = {
  ca: certPath('apiserver'),
  'front-proxy-ca': certPath('front-proxy-client'),
  'etcd-ca': certPath('apiserver-etcd-client'),
}

/** Fills a file only with what was found, so that a command which finds nothing fails and writes nothing. */
const into = (path: string, command: string): string =>
  `${command} | tee ${path}.new && test -s ${path}.new && mv ${path}.new ${path}`

const fromKey = (name: CaName): string =>
  `sudo sh -c 'id=$(openssl x509 -in ${SIGNED[name]} -noout -ext authorityKeyIdentifier | tail -n 1 | sed "s/keyid://; s/ //g") && openssl req -x509 -new -key ${keyPath(name)} -subj /CN=${name} -days 3650 -addext subjectKeyIdentifier=$id -addext keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign -out ${certPath(name)}'`

/**
 * Restores the certificate of an authority, so that what it signed stays valid: from a copy of it, which every kubeconfig and the
 * cluster itself have, or else from its key with the same name and key identifier.
 */
export const AUTHORITY_BACK: Readonly<Record<CaName, string>> = {
  // kadm writes the value in quotes, and a kubelet without.
  ca: `sudo sh -c "${into(
    certPath('ca'),
    `sed -n 's/^ *certificate-authority-data: *//p' ${KUBELET_CONF} | head -n 1 | tr -dc A-Za-z0-9+/= | base64 -d`,
  )}"`,
  'front-proxy-ca': `sudo sh -c "${into(
    certPath('front-proxy-ca'),
    `kubectl --kubeconfig ${ADMIN_CONF} -n kube-system get configmap extension-apiserver-authentication -o jsonpath='{.data.requestheader-client-ca-file}'`,
  )}"`,
  'etcd-ca': fromKey('etcd-ca'),
}
