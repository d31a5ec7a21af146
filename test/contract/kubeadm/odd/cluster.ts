import {cluster} from './write.ts'

/** Settings of a cluster. */
export const CLUSTERS: Readonly<Record<string, string>> = {
  'cluster name empty': cluster('clusterName: ""\n'),
  'cluster name number': cluster('clusterName: 42\n'),
  'cluster name odd': cluster('clusterName: "my cluster/№1: «a»"\n'),
  'cluster name quotes': cluster("clusterName: 'it''s \"mine\"'\n"),
  'dns disabled null': cluster('dns: {disabled: null, imageTag: null}\nproxy: {disabled: false}\n'),
  'dns domain dot': cluster('networking: {dnsDomain: cluster.local.}\n'),
  'dns domain odd': cluster('networking: {dnsDomain: Cluster.Local}\n'),
  'dns type': cluster('dns: {type: CoreDNS}\n'),
  'dual stack services single pods': cluster(
    'networking: {podSubnet: 10.244.0.0/16, serviceSubnet: "10.96.0.0/16,fd00:20::/112"}\n',
  ),
  'dual stack spaces': cluster('networking: {podSubnet: "10.244.0.0/16, fd00:10::/56", serviceSubnet: 10.96.0.0/16}\n'),
  'endpoint address': cluster('controlPlaneEndpoint: 192.0.2.100\n'),
  'endpoint forms': cluster('controlPlaneEndpoint: "[2001:db8::1]:6443"\n'),
  'endpoint other port': cluster('controlPlaneEndpoint: api.example.com:8443\n'),
  'endpoint port zero': cluster('controlPlaneEndpoint: api.example.com:0\n'),
  'endpoint upper case': cluster('controlPlaneEndpoint: API.Example.com:6443\n'),
  'endpoint url': cluster('controlPlaneEndpoint: https://api.example.com:6443\n'),
  'feature gate on': cluster('featureGates: {RootlessControlPlane: true}\n'),
  'feature gate text': cluster('featureGates: {RootlessControlPlane: "false"}\n'),
  'host bits services': cluster('networking: {serviceSubnet: 10.96.0.5/12}\n'),
  'image repository scheme': cluster('imageRepository: https://registry.example.com/k8s\n'),
  'image tag bad': cluster('etcd: {local: {imageTag: "3.7.0 0"}}\n'),
  images: cluster(
    'imageRepository: registry.example.com/k8s/\ndns: {imageTag: v1.14.6}\netcd: {local: {imageTag: ""}}\n',
  ),
  'node mask flag': cluster(
    'networking: {podSubnet: 10.244.0.0/16}\ncontrollerManager: {extraArgs: [{name: node-cidr-mask-size, value: "26"}]}\n',
  ),
  'pod range too small for nodes': cluster('networking: {podSubnet: 10.244.0.0/25}\n'),
  'service range too small': cluster('networking: {serviceSubnet: 10.96.0.0/30}\n'),
  'timeout old place': cluster('apiServer: {timeoutForControlPlane: 4m0s}\n'),
  'two ranges of one family': cluster('networking: {podSubnet: "10.244.0.0/16,10.245.0.0/16"}\n'),
  'use hyper kube': cluster('useHyperKubeImage: false\n'),
  'version blank': 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: " v1.37.2 "\n',
  'version ci': 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: ci/latest\n',
  'version latest': 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: latest\n',
  'version minor only': 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: "1.37"\n',
  'version old minor': 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.36.3\n',
  'version pre release':
    'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.37.0-rc.1\n',
  'version too new': 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.39.0\n',
  'version too old': 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.30.0\n',
  'version with build':
    'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.37.2+k3s1\n',
}
