import {certPath, keyPath, type CaName} from './certificates.ts'
import {ADMIN_CONF, KUBELET_CONF, PKI_DIR} from './paths.ts'

/** A file of one certificate that this authority signed. */
export const SIGNED: Readonly<Record<CaName, string>> = {
  ca: certPath('apiserver'),
  'front-proxy-ca': certPath('front-proxy-client'),
  'etcd-ca': certPath('apiserver-etcd-client'),
}

const fromKey = (name: CaName): string =>
  `sudo sh -c 'id=$(openssl x509 -in ${SIGNED[name]} -noout -ext authorityKeyIdentifier | tail -n 1 | sed "s/keyid://; s/ //g") && openssl req -x509 -new -key ${keyPath(name)} -subj /CN=${name} -days 3650 -addext subjectKeyIdentifier=$id -addext keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign -out ${certPath(name)}'`

/**
 * Brings the certificate of an authority back, so that what it signed stays valid: from a copy of it, which every kubeconfig and the
 * cluster itself have, or else from its key with the same name and key identifier.
 */
export const AUTHORITY_BACK: Readonly<Record<CaName, string>> = {
  ca: `sudo sh -c "sed -n 's/^ *certificate-authority-data: *//p' ${KUBELET_CONF} | head -n 1 | base64 -d | tee ${PKI_DIR}/ca.crt"`,
  'front-proxy-ca': `sudo sh -c "kubectl --kubeconfig ${ADMIN_CONF} -n kube-system get configmap extension-apiserver-authentication -o jsonpath='{.data.requestheader-client-ca-file}' | tee ${certPath('front-proxy-ca')}"`,
  'etcd-ca': fromKey('etcd-ca'),
}
