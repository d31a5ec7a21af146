import {cluster, init, kubelet} from './write.ts'

/** The form of a file: YAML, its documents and their kinds. */
export const YAML: Readonly<Record<string, string>> = {
  anchors: cluster(
    'apiServer:\n  extraArgs: &args\n  - {name: v, value: "2"}\ncontrollerManager:\n  extraArgs: *args\nscheduler:\n  extraArgs: *args\n',
  ),
  'api version missing': 'kind: ClusterConfiguration\nkubernetesVersion: v1.37.2\n',
  'byte order mark':
    '\ufeffapiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.37.2\n',
  'cluster configuration twice': cluster(
    '---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.37.2\nclusterName: b\n',
  ),
  'comments only': '# nothing here\n',
  'document end marks': cluster(
    '...\n---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 50\n...\n',
  ),
  'duplicate keys kubelet': kubelet('maxPods: 50\nmaxPods: 60\n'),
  'duplicate keys': cluster('clusterName: a\nclusterName: b\n'),
  'empty file': '\n',
  'init alone': 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\nnodeRegistration: {name: cp1}\n',
  'init and join': init(
    '',
    '---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\ndiscovery: {bootstrapToken: {token: abcdef.0123456789abcdef, apiServerEndpoint: "192.0.2.10:6443", unsafeSkipCAVerification: true}}\n',
  ),
  'json then yaml':
    '{"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "InitConfiguration", "nodeRegistration": {"name": "cp1"}}\n---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.37.2\n',
  json: '{"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "ClusterConfiguration", "kubernetesVersion": "v1.37.2", "networking": {"podSubnet": "10.244.0.0/16"}}\n',
  'kind lower case': 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: clusterconfiguration\n',
  'kind missing': 'apiVersion: kubeadm.k8s.io/v1beta4\nkubernetesVersion: v1.37.2\n',
  'kubelet alone': 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 50\n',
  'list at top': '- apiVersion: kubeadm.k8s.io/v1beta4\n  kind: ClusterConfiguration\n',
  'merge keys': cluster('apiServer: &a\n  extraArgs: [{name: v, value: "2"}]\ncontrollerManager:\n  <<: *a\n'),
  'null documents and lists': init(
    'bootstrapTokens:\nskipPhases:\npatches:\ntimeouts:\n',
    'apiServer:\n  extraArgs:\n  certSANs:\n  extraVolumes: []\netcd:\ndns:\nproxy:\nfeatureGates:\n',
  ),
  'null inside lists': cluster('apiServer:\n  certSANs: [api.example.com, null]\n'),
  'octal and hex': init('localAPIEndpoint: {bindPort: 0x1F90}\n'),
  'other tools documents': cluster(
    '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: calico}\n---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ResetConfiguration\nforce: true\n',
  ),
  'reset alone': 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ResetConfiguration\nforce: true\n',
  'separator with blanks': cluster(
    '---   \napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 50\n',
  ),
  'separator with comment': cluster(
    '--- # the kubelet\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 50\n',
  ),
  'separators everywhere':
    '---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.37.2\n---\n---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 50\n---\n',
  'tab after value': cluster('clusterName: demo\t# a comment\n'),
  tabs: cluster('networking:\n\tpodSubnet: 10.244.0.0/16\n'),
  'text in a block': cluster('clusterName: |-\n  demo\n'),
  'unknown anchor': cluster('apiServer: *nowhere\n'),
  'unknown fields': cluster('apiServer:\n  extraArg: []\n'),
  'upgrade alone': 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: UpgradeConfiguration\napply: {etcdUpgrade: true}\n',
  'v1beta2 cluster': 'apiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\nkubernetesVersion: v1.37.2\n',
  'windows line ends':
    'apiVersion: kubeadm.k8s.io/v1beta4\r\nkind: ClusterConfiguration\r\nkubernetesVersion: v1.37.2\r\nnetworking:\r\n  podSubnet: 10.244.0.0/16\r\n---\r\napiVersion: kubelet.config.k8s.io/v1beta1\r\nkind: KubeletConfiguration\r\nmaxPods: 50\r\n',
  'yaml directive':
    '%YAML 1.2\n---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.37.2\n',
}
