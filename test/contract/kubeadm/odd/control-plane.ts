import {cluster} from './write.ts'

/** Settings of the components of a control plane, of etcd and of certificates. */
export const CONTROL_PLANES: Readonly<Record<string, string>> = {
  'args bool': cluster('apiServer: {extraArgs: [{name: profiling, value: false}]}\n'),
  'args empty value': cluster('apiServer: {extraArgs: [{name: feature-gates, value: ""}]}\n'),
  'args number': cluster('apiServer: {extraArgs: [{name: v, value: 4}]}\n'),
  'args order': cluster(
    'apiServer:\n  extraArgs:\n  - {name: zz, value: "1"}\n  - {name: authorization-mode, value: "Node,RBAC,Webhook"}\n  - {name: aa, value: "1"}\n  - {name: enable-admission-plugins, value: "NodeRestriction,PodSecurity"}\n',
  ),
  'args with blanks': cluster('apiServer: {extraArgs: [{name: "audit log", value: a}]}\n'),
  'certificate period days': cluster('certificateValidityPeriod: 365d\n'),
  'certificate period forms': cluster(
    'certificateValidityPeriod: 8760h0m0s\ncaCertificateValidityPeriod: 87600h\nencryptionAlgorithm: ECDSA-P384\n',
  ),
  'certificate period number': cluster('certificateValidityPeriod: 8760\n'),
  'controller bind ipv6': cluster(
    'controllerManager: {extraArgs: [{name: bind-address, value: "::"}, {name: secure-port, value: "10300"}]}\n',
  ),
  'env bad name': cluster('apiServer: {extraEnvs: [{name: "A B", value: "1"}]}\n'),
  'env both values': cluster(
    'apiServer: {extraEnvs: [{name: A, value: "1", valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]}\n',
  ),
  'env number': cluster('apiServer: {extraEnvs: [{name: A, value: 1}]}\n'),
  envs: cluster(
    'controllerManager:\n  extraEnvs:\n  - {name: HTTP_PROXY, value: "http://p.example.com"}\n  - {name: POD_IP, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: status.podIP}}}\n  - {name: CPU, valueFrom: {resourceFieldRef: {resource: requests.cpu}}}\n',
  ),
  'etcd args': cluster(
    'etcd:\n  local:\n    extraArgs:\n    - {name: listen-metrics-urls, value: "http://0.0.0.0:2381"}\n    - {name: quota-backend-bytes, value: "8589934592"}\n    - {name: initial-cluster-state, value: existing}\n',
  ),
  'etcd both': cluster(
    'etcd:\n  local: {dataDir: /var/lib/etcd}\n  external: {endpoints: ["https://192.0.2.31:2379"], caFile: /a, certFile: /b, keyFile: /c}\n',
  ),
  'etcd data relative': cluster('etcd: {local: {dataDir: data}}\n'),
  'etcd external http endpoints': cluster(
    'etcd:\n  external: {endpoints: ["https://192.0.2.31:2379"], httpEndpoints: ["https://192.0.2.31:2378"], caFile: /a, certFile: /b, keyFile: /c}\n',
  ),
  'etcd external http with files': cluster(
    'etcd:\n  external: {endpoints: ["http://192.0.2.31:2379"], caFile: /a, certFile: /b, keyFile: /c}\n',
  ),
  'etcd external http': cluster('etcd:\n  external: {endpoints: ["http://192.0.2.31:2379"]}\n'),
  'etcd external https without files': cluster('etcd:\n  external: {endpoints: ["https://192.0.2.31:2379"]}\n'),
  'etcd external no endpoints': cluster('etcd:\n  external: {endpoints: []}\n'),
  'etcd external relative': cluster(
    'etcd:\n  external: {endpoints: ["https://192.0.2.31:2379"], caFile: ca.crt, certFile: /b, keyFile: /c}\n',
  ),
  'etcd external without port': cluster(
    'etcd:\n  external: {endpoints: ["https://etcd.example.com"], caFile: /a, certFile: /b, keyFile: /c}\n',
  ),
  'san empty': cluster('apiServer:\n  certSANs: [""]\n'),
  'san number': cluster('apiServer:\n  certSANs: [10]\n'),
  'san url': cluster('apiServer:\n  certSANs: ["https://api.example.com"]\n'),
  'san wildcard in the middle': cluster('apiServer:\n  certSANs: ["api.*.example.com"]\n'),
  'san with port': cluster('apiServer:\n  certSANs: ["api.example.com:6443"]\n'),
  sans: cluster(
    'apiServer:\n  certSANs: ["*.example.com", 192.0.2.50, "2001:db8::50", UPPER.example.com, api.example.com, api.example.com]\n',
  ),
  'volume path type unknown': cluster(
    'apiServer:\n  extraVolumes: [{name: a, hostPath: /a, mountPath: /a, pathType: Folder}]\n',
  ),
  'volume path types': cluster(
    'apiServer:\n  extraVolumes:\n  - {name: a, hostPath: /a, mountPath: /a, pathType: DirectoryOrCreate}\n  - {name: b, hostPath: /b, mountPath: /b, pathType: ""}\n  - {name: c, hostPath: /c, mountPath: /c, readOnly: false}\n',
  ),
  'volume without mount': cluster('apiServer:\n  extraVolumes: [{name: a, hostPath: /a}]\n'),
  'volumes of one name': cluster(
    'apiServer:\n  extraVolumes: [{name: a, hostPath: /a, mountPath: /a}, {name: a, hostPath: /b, mountPath: /b}]\n',
  ),
}
