/** `InitConfiguration` and `ClusterConfiguration` with these keys besides the address and name of a machine. */
export const initFile = (cluster = '', init = '', node = '', more = ''): string => `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: 192.0.2.10}
nodeRegistration:
  name: cp1
${node}${init}---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.37.2
${cluster}${more}`

const kubelet = (body: string): string =>
  initFile('', '', '', `---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n${body}\n`)
const proxy = (body: string): string =>
  initFile('', '', '', `---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n${body}\n`)
const join = (body: string): string => `apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
${body}
`
const DISCOVERY =
  'discovery: {bootstrapToken: {token: abcdef.0123456789abcdef, apiServerEndpoint: "192.0.2.10:6443", unsafeSkipCAVerification: true}}'

/** Every field of v1beta4 that a run can have, one file each, whose rendered values are compared too. */
export const RENDERED: Readonly<Record<string, string>> = {
  'nothing besides': initFile(),
  apiServer: initFile(
    'apiServer: {extraArgs: [{name: profiling, value: "false"}, {name: v, value: "2"}], certSANs: [API.example.com]}\n',
  ),
  'a repeated flag': initFile('apiServer: {extraArgs: [{name: a, value: "1"}, {name: a, value: "2"}]}\n'),
  'a flag with underscores': initFile(
    'apiServer: {extraArgs: [{name: service_node_port_range, value: 20000-32767}]}\n',
  ),
  'a flag without a value': initFile('apiServer: {extraArgs: [{name: enable-aggregator-routing}]}\n'),
  extraVolumes: initFile(
    'apiServer: {extraVolumes: [{name: a, hostPath: /a, mountPath: /b, readOnly: true, pathType: File}]}\n',
  ),
  extraEnvs: initFile(
    'apiServer: {extraEnvs: [{name: B, value: "1"}, {name: A, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]}\n',
  ),
  controllerManager: initFile('controllerManager: {extraArgs: [{name: bind-address, value: 0.0.0.0}]}\n'),
  scheduler: initFile('scheduler: {extraArgs: [{name: bind-address, value: "::1"}]}\n'),
  'etcd.local': initFile(
    'etcd: {local: {dataDir: /data/etcd, imageRepository: r.example.com/e, imageTag: 3.7.1-0, extraArgs: [{name: a, value: b}], extraEnvs: [{name: B, value: b}, {name: A, value: a}]}}\n',
  ),
  certificatesDir: initFile('certificatesDir: /etc/kubernetes/ssl\n'),
  imageRepository: initFile('imageRepository: "r.example.com:5000/k8s"\n'),
  clusterName: initFile('clusterName: team-a@prod\n'),
  networking: initFile(
    'networking: {podSubnet: "10.32.0.0/16,fd00:1::/56", serviceSubnet: "10.64.0.0/16,fd00:2::/112", dnsDomain: k8s.local}\n',
  ),
  'no pod range': initFile('networking: {}\n'),
  controlPlaneEndpoint: initFile('controlPlaneEndpoint: api.example.com\n'),
  dns: initFile('dns: {imageRepository: r.example.com/dns, imageTag: v1.14.6}\n'),
  'add-ons turned off': initFile('dns: {disabled: true}\nproxy: {disabled: true}\n'),
  'skipped add-ons': initFile('', 'skipPhases: [addon/coredns, addon/kube-proxy]\n'),
  bindPort: initFile().replace('192.0.2.10}', '192.0.2.10, bindPort: 7443}'),
  'bindPort of zero': initFile().replace('192.0.2.10}', '192.0.2.10, bindPort: 0}'),
  'keys without values': initFile('scheduler:\ncontrollerManager:\ncontrolPlaneEndpoint:\nnetworking: {dnsDomain: }\n'),
  taints: initFile('', '', '  taints: []\n'),
  kubeletExtraArgs: initFile('', '', '  kubeletExtraArgs: [{name: node-labels, value: \'a="b c"\'}]\n'),
  'a startup timeout': initFile('', 'timeouts: {kubeletHealthCheck: 8m, discovery: 300s}\n'),
  'a kubelet document': kubelet('maxPods: 200\nclusterDNS:\nauthentication:\nstaticPodPath: ""\nresolvConf: ""'),
  'a kubelet with its own DNS': kubelet('clusterDNS: [169.254.20.10]\nhealthzPort: 10268\nrotateCertificates: false'),
  'a kubelet of zeros': kubelet(
    'syncFrequency: 0s\nshutdownGracePeriod: 30s\nlogging: {flushFrequency: 0, verbosity: 3}',
  ),
}

/** Inputs of which only the verdict is compared. */
export const JUDGED: Readonly<Record<string, string>> = {
  ...RENDERED,
  'a wrong quantity': kubelet('systemReserved: {cpu: 1}'),
  'a number as text': kubelet('maxPods: "110"'),
  'a truth value as text': kubelet('failSwapOn: "false"'),
  'a duration as number': kubelet('nodeStatusUpdateFrequency: 10'),
  'a duration of days': kubelet('shutdownGracePeriod: 1d'),
  'text for a list': kubelet('clusterDNS: 10.96.0.10'),
  'an unknown field': kubelet('maxPod: 1'),
  'a number of kube-proxy as text': proxy('conntrack: {maxPerCore: "0"}'),
  'an empty kubeconfig of kube-proxy': proxy('mode: ipvs\nclientConnection: {kubeconfig: ""}\nclusterCIDR: ""'),
  'an upper-case repository': initFile('imageRepository: registry.example.com/TeamA/k8s\n'),
  'an IPv6 registry': initFile('imageRepository: "[fd00::1]:5000/k8s"\n'),
  'host bits': initFile('networking: {podSubnet: 10.244.0.1/16}\n'),
  'decimals in a duration': initFile('certificateValidityPeriod: 4380.5h\n'),
  'an empty algorithm': initFile('encryptionAlgorithm: ""\n'),
  'an unknown algorithm': initFile('encryptionAlgorithm: RSA-1024\n'),
  'a feature gate that is off': initFile('featureGates: {RootlessControlPlane: false}\n'),
  'an unknown feature gate': initFile('featureGates: {Foo: false}\n'),
  'slashes at the end of folders': initFile(
    'certificatesDir: /etc/kubernetes/pki/\netcd: {local: {dataDir: /data/etcd/}}\n',
  ),
  'a relative folder': initFile('certificatesDir: pki\n'),
  'an external etcd': initFile(
    'etcd: {external: {endpoints: ["https://192.0.2.31:2379"], caFile: /a/ca.crt, certFile: /a/c.crt, keyFile: /a/c.key}}\n',
  ),
  'an external etcd without a key': initFile(
    'etcd: {external: {endpoints: ["https://a:1"], caFile: /a, certFile: /b}}\n',
  ),
  'two kinds of etcd': initFile('etcd: {local: {dataDir: /a}, external: {endpoints: ["http://a:1"]}}\n'),
  'a mapping of flags': initFile('apiServer: {extraArgs: {a: b}}\n'),
  'a flag without a name': initFile('apiServer: {extraArgs: [{name: "", value: b}]}\n'),
  'a number for a flag': initFile('apiServer: {extraArgs: [{name: a, value: 5}]}\n'),
  'a bad endpoint': initFile('controlPlaneEndpoint: a_b:6443\n'),
  'a bad name in a certificate': initFile('apiServer: {certSANs: [a_b]}\n'),
  'names in the certificates of etcd': initFile(
    'etcd: {local: {serverCertSANs: [etcd.example.com], peerCertSANs: [cp1]}}\n',
  ),
  'an upper-case node name': initFile().replace('name: cp1', 'name: CP-A.example.com'),
  'a bad node name': initFile().replace('name: cp1', 'name: a_b'),
  'a node-ip on another network': initFile('', '', '  kubeletExtraArgs: [{name: node-ip, value: 10.20.0.10}]\n'),
  'another container runtime': initFile('', '', '  criSocket: unix:///var/run/crio/crio.sock\n'),
  'a socket by its path': initFile('', '', '  criSocket: /run/cri-dockerd.sock\n'),
  'a pull policy': initFile('', '', '  imagePullPolicy: Always\n  imagePullSerial: false\n'),
  'an unknown pull policy': initFile('', '', '  imagePullPolicy: always\n'),
  'a token': initFile('', 'bootstrapTokens: [{token: fedcba.0123456789abcdef, ttl: "0", description: a}]\n'),
  'a bad token': initFile('', 'bootstrapTokens: [{token: bad}]\n'),
  'a token with two ends': initFile('', 'bootstrapTokens: [{ttl: 1h, expires: "2030-01-01T00:00:00Z"}]\n'),
  'a token for a bad group': initFile('', 'bootstrapTokens: [{groups: [foo]}]\n'),
  'a certificate key': initFile('', `certificateKey: ${'ab'.repeat(32)}\n`),
  'a bad certificate key': initFile('', 'certificateKey: abc\n'),
  'a timeout as number': initFile('', 'timeouts: {discovery: 5}\n'),
  'an unknown timeout': initFile('', 'timeouts: {foo: 5m}\n'),
  patches: initFile('', 'patches: {directory: /etc/kubernetes/patches}\n'),
  'a dry run': initFile('', 'dryRun: true\n'),
  "another command's document": initFile(
    '',
    '',
    '',
    '---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: UpgradeConfiguration\n',
  ),
  'a label': initFile().replace('v1.37.2', 'stable-1.37'),
  'a number as release': initFile().replace('v1.37.2', '1.37'),
  'a foreign document': initFile('', '', '', '---\napiVersion: example.com/v1\nkind: Foo\n'),
  'a join': join(DISCOVERY),
  'a join of a control plane': join(`${DISCOVERY}\ncontrolPlane: {localAPIEndpoint: {advertiseAddress: 192.0.2.11}}`),
  'a join with a bad CA': join(`${DISCOVERY}\ncaCertPath: rel.crt`),
  'a join by address': join('discovery: {file: {kubeConfigPath: "https://example.com/discovery"}}'),
  'a join without a port': join(DISCOVERY.replace(':6443', '')),
  'a join that trusts nobody': join(DISCOVERY.replace(', unsafeSkipCAVerification: true', '')),
}

/** Where kadm decides otherwise, with the reason; `false`: kadm refuses what kubeadm takes. */
export const OTHERWISE: Readonly<
  Record<string, {readonly text: string; readonly isTaken: boolean; readonly why: string}>
> = {
  overlap: {
    text: initFile('networking: {podSubnet: 10.96.0.0/16}\n'),
    isTaken: false,
    why: 'pods and services would share addresses',
  },
  'a node inside the pod range': {
    text: initFile('networking: {podSubnet: 192.0.2.0/24}\n'),
    isTaken: false,
    why: 'the address of the node would lead into the pod network',
  },
  'certificates without a life': {
    text: initFile('certificateValidityPeriod: 0s\n'),
    isTaken: false,
    why: 'they would have expired when they are made',
  },
  'an object of the API for a static pod': {
    text: initFile('apiServer: {extraEnvs: [{name: A, valueFrom: {secretKeyRef: {name: a, key: b}}}]}\n'),
    isTaken: false,
    why: 'the kubelet refuses the pod',
  },
  'a flag with dashes': {
    text: initFile('apiServer: {extraArgs: [{name: --v, value: "2"}]}\n'),
    isTaken: false,
    why: 'the component does not start with ----v',
  },
  "a kubelet for another runtime than the node's": {
    text: kubelet('containerRuntimeEndpoint: unix:///var/run/crio/crio.sock'),
    isTaken: false,
    why: 'kubeadm ignores it in silence',
  },
  'an unknown skipped phase': {
    text: initFile('', 'skipPhases: [foo]\n'),
    isTaken: false,
    why: 'kubeadm init refuses it, kubeadm config validate does not',
  },
  v1beta3: {
    text: initFile('apiServer: {extraArgs: {profiling: "false"}}\n').replaceAll('v1beta4', 'v1beta3'),
    isTaken: true,
    why: 'kubeadm v1.36 takes it, and its meaning is the same',
  },
}
