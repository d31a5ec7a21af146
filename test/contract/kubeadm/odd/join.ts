import {join} from './write.ts'

/** Documents of `kubeadm join`. */
export const JOINS: Readonly<Record<string, string>> = {
  'join bad hash': join(
    'discovery: {bootstrapToken: {token: abcdef.0123456789abcdef, apiServerEndpoint: "192.0.2.10:6443", caCertHashes: ["md5:abc"]}}\n',
  ),
  'join bad token': join(
    'discovery: {bootstrapToken: {token: ABCDEF.0123456789abcdef, apiServerEndpoint: "192.0.2.10:6443", unsafeSkipCAVerification: true}}\n',
  ),
  'join by file and token': join(
    'discovery:\n  file: {kubeConfigPath: /etc/kubernetes/discovery.conf}\n  bootstrapToken: {token: abcdef.0123456789abcdef, apiServerEndpoint: "192.0.2.10:6443", unsafeSkipCAVerification: true}\n',
  ),
  'join by file': join(
    'discovery: {file: {kubeConfigPath: /etc/kubernetes/discovery.conf}, tlsBootstrapToken: abcdef.0123456789abcdef}\n',
  ),
  'join by http': join('discovery: {file: {kubeConfigPath: "http://example.com/d"}}\n'),
  'join control plane bad key': join(
    'discovery: {bootstrapToken: {token: abcdef.0123456789abcdef, apiServerEndpoint: "192.0.2.10:6443", unsafeSkipCAVerification: true}}\ncontrolPlane: {certificateKey: abcd}\n',
  ),
  'join control plane key': join(
    'discovery: {bootstrapToken: {token: abcdef.0123456789abcdef, apiServerEndpoint: "192.0.2.10:6443", unsafeSkipCAVerification: true}}\ncontrolPlane: {certificateKey: cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd, localAPIEndpoint: {advertiseAddress: 192.0.2.12, bindPort: 6443}}\n',
  ),
  'join short hash': join(
    'discovery: {bootstrapToken: {token: abcdef.0123456789abcdef, apiServerEndpoint: "192.0.2.10:6443", caCertHashes: ["sha256:abcd"]}}\n',
  ),
  'join tls token only': join(
    'discovery:\n  tlsBootstrapToken: abcdef.0123456789abcdef\n  bootstrapToken: {apiServerEndpoint: "192.0.2.10:6443", unsafeSkipCAVerification: true}\n',
  ),
  'join two tokens': join(
    'discovery:\n  tlsBootstrapToken: fedcba.0123456789abcdef\n  bootstrapToken: {token: abcdef.0123456789abcdef, apiServerEndpoint: "192.0.2.10:6443", caCertHashes: ["sha256:abababababababababababababababababababababababababababababababab"]}\n',
  ),
  'join url endpoint': join(
    'discovery: {bootstrapToken: {token: abcdef.0123456789abcdef, apiServerEndpoint: "https://192.0.2.10:6443", unsafeSkipCAVerification: true}}\n',
  ),
  'join without discovery': join('nodeRegistration: {name: w1}\n'),
  'v1beta3 join':
    'apiVersion: kubeadm.k8s.io/v1beta3\nkind: JoinConfiguration\ndiscovery:\n  bootstrapToken: {token: abcdef.0123456789abcdef, apiServerEndpoint: "192.0.2.10:6443", unsafeSkipCAVerification: true}\n  timeout: 5m0s\nnodeRegistration:\n  kubeletExtraArgs: {node-labels: tier=web}\n',
}
