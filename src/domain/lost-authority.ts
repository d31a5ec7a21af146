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

/**
 * A certificate with the key, the name and the key identifier of the lost one. The name has the same string type too: Go compares
 * the bytes of names (crypto/x509, CertPool), unlike OpenSSL, so an API server or etcd would not accept what the authority signed.
 */
const fromKey = (name: CaName): string =>
  `sudo sh -c '${[
    `leaf() { openssl x509 -in ${SIGNED[name]} -noout "$@"; }`,
    'id=$(leaf -ext authorityKeyIdentifier | tail -n 1 | sed "s/keyid://; s/ //g")',
    'name=$(leaf -issuer -nameopt compat | sed "s/^issuer= *//")',
    'mask=$(leaf -issuer -nameopt show_type | grep -q UTF8 && echo utf8only || echo nombstr)',
    [
      'printf "[req]\\nstring_mask=$mask\\ndistinguished_name=name\\n[name]\\n"',
      `openssl req -config /dev/stdin -x509 -new -key ${keyPath(name)} -subj "$name" -days 3650 -addext basicConstraints=critical,CA:TRUE -addext subjectKeyIdentifier=$id -addext keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign -out ${certPath(name)}`,
    ].join(' | '),
  ].join(' && ')}'`

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
