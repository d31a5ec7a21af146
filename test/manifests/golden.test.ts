import {describe, expect, it} from 'vitest'
import type {HostNetwork} from '../../src/domain/cluster.ts'
import {images} from '../../src/domain/images.ts'
import {
  adminBinding,
  bootstrapAccess,
  clusterInfoAccess,
  kubeadmConfigAccess,
  kubeletConfigAccess,
} from '../../src/manifests/access.ts'
import {apiServerPod} from '../../src/manifests/api-server.ts'
import {clusterInfoConfigMap} from '../../src/manifests/cluster-info.ts'
import {containerdConfig, containerdUnit, podNetworkTemplate} from '../../src/manifests/containerd.ts'
import {controllerManagerPod} from '../../src/manifests/controller-manager.ts'
import {coreDnsObjects} from '../../src/manifests/coredns.ts'
import {etcdPod} from '../../src/manifests/etcd.ts'
import {flannelObjects} from '../../src/manifests/flannel.ts'
import {crictlYaml, modulesLoadText, netplanYaml, sysctlText} from '../../src/manifests/host-files.ts'
import {kubeProxyObjects} from '../../src/manifests/kube-proxy.ts'
import {kubeadmConfigMap} from '../../src/manifests/kubeadm-config.ts'
import {bootstrapKubeconfigYaml, kubeconfigYaml} from '../../src/manifests/kubeconfig.ts'
import {cgroupDriver, kubeletConfigMap, kubeletConfigYaml} from '../../src/manifests/kubelet-config.ts'
import {
  kubeletDropIn,
  kubeletFlagsText,
  kubeletInstanceConfigYaml,
  kubeletUnit,
} from '../../src/manifests/kubelet-files.ts'
import {nodeLabels, nodeTaints} from '../../src/manifests/node-labels-and-taints.ts'
import {schedulerPod} from '../../src/manifests/scheduler.ts'
import {toYaml, toYamlDocuments} from '../../src/manifests/yaml.ts'
import {clusterOf, DEBIAN_HOST, hostSpec, nodeOf, templates, VERSIONS} from './cluster.ts'

const caPem = '-----BEGIN CERTIFICATE-----\nQ0E=\n-----END CERTIFICATE-----\n'
const server = 'https://192.168.56.10:6443'
const node = nodeOf()

describe.each(VERSIONS)('rendered for %s', version => {
  const cluster = clusterOf(version)
  const input = {cluster, node, host: DEBIAN_HOST}
  const golden = (name: string): string => `golden/${version}/${name}`

  it.each([
    ['etcd', etcdPod(input)],
    ['kube-apiserver', apiServerPod(input)],
    ['kube-controller-manager', controllerManagerPod(input)],
    ['kube-scheduler', schedulerPod(input)],
  ])('static pod %s', async (name, pod) => {
    await expect(toYaml(pod)).toMatchFileSnapshot(golden(`${name}.yaml`))
  })

  it.each([1, 2] as const)('kubelet configuration and its ConfigMap on cgroup v%i', async cgroupVersion => {
    await expect(
      kubeletConfigYaml(cluster, {cgroupVersion, resolvedActive: true, swapOutside: false}),
    ).toMatchFileSnapshot(golden(`kubelet-cgroup-v${String(cgroupVersion)}.yaml`))
    await expect(toYaml(kubeletConfigMap(cluster, cgroupVersion))).toMatchFileSnapshot(
      golden(`kubelet-config-cgroup-v${String(cgroupVersion)}.yaml`),
    )
  })

  it.each([1, 2] as const)('containerd 2 on cgroup v%i', async cgroupVersion => {
    const options = {
      majorVersion: 2,
      sandboxImage: images(cluster.version).pause,
      cgroupDriver: cgroupDriver(cgroupVersion),
      restrictOomScoreAdj: cgroupVersion === 1,
      useConfTemplate: true,
    }
    await expect(containerdConfig(templates, options)).toMatchFileSnapshot(
      golden(`containerd-cgroup-v${String(cgroupVersion)}.toml`),
    )
  })

  it('everything that init puts into the API', async () => {
    const objects = [
      adminBinding(),
      kubeadmConfigMap(cluster),
      ...kubeadmConfigAccess(),
      ...kubeletConfigAccess(),
      ...bootstrapAccess(cluster.version),
      clusterInfoConfigMap({server, caPem}),
      ...clusterInfoAccess(),
      ...coreDnsObjects(cluster),
      ...kubeProxyObjects({cluster, controlPlane: node, setsConntrack: false}),
      ...flannelObjects({cluster}),
    ]
    await expect(toYamlDocuments(objects)).toMatchFileSnapshot(golden('objects.yaml'))
  })
})

describe('rendered the same for every version', () => {
  const network: HostNetwork = {
    interfaces: {
      enp0s3: {addresses: ['10.0.2.15/24'], gateway: '10.0.2.2', nameservers: ['1.1.1.1', '2606:4700:4700::1111']},
      enp0s8: {addresses: ['192.168.56.10/24'], gateway: undefined, nameservers: []},
    },
  }
  const clusterName = 'kubernetes'

  it.each([
    [
      'admin.conf',
      kubeconfigYaml({
        clusterName,
        server,
        caPem,
        user: 'kubernetes-admin',
        credentials: {kind: 'certificate', certPem: 'CERT', keyPem: 'KEY'},
      }),
    ],
    [
      'kubelet.conf',
      kubeconfigYaml({
        clusterName,
        server,
        caPem,
        user: 'system:node:master',
        credentials: {kind: 'certificate-files', certPath: '/var/lib/kubelet/a.pem', keyPath: '/var/lib/kubelet/a.pem'},
      }),
    ],
    [
      'bootstrap-kubelet.conf',
      bootstrapKubeconfigYaml({clusterName: 'demo', server, caPem, token: 'abcdef.0123456789abcdef'}),
    ],
    ['instance-config.yaml', kubeletInstanceConfigYaml()],
    [
      'kubeadm-flags.env',
      kubeletFlagsText({
        node: nodeOf({
          role: 'worker',
          name: 'worker-1',
          host: hostSpec({
            role: 'worker',
            taints: [{key: 'gpu', value: 'yes', effect: 'NoSchedule'}],
            kubeletExtraArgs: [{name: 'v', value: '2'}],
          }),
        }),
        hostname: 'ubuntu',
      }),
    ],
    ['kubelet.service', kubeletUnit(templates)],
    ['10-kubeadm.conf', kubeletDropIn(templates)],
    ['containerd.service', containerdUnit(templates)],
    [
      'containerd-1.toml',
      containerdConfig(templates, {
        majorVersion: 1,
        sandboxImage: 'registry.k8s.io/pause:3.10.2',
        cgroupDriver: 'systemd',
        restrictOomScoreAdj: false,
        useConfTemplate: false,
      }),
    ],
    ['pod-network.conflist', podNetworkTemplate(templates)],
    ['modules.conf', modulesLoadText(templates)],
    ['sysctl.conf', sysctlText(templates, [4])],
    ['sysctl-dual-stack.conf', sysctlText(templates, [4, 6])],
    ['crictl.yaml', crictlYaml()],
    ['netplan.yaml', netplanYaml(network)],
    ['node-labels-and-taints.yaml', toYaml({labels: nodeLabels(node), taints: nodeTaints(node)})],
  ])('%s', async (name, text) => {
    await expect(text).toMatchFileSnapshot(`golden/${name}`)
  })
})
