import type {Cluster} from '../domain/cluster.ts'
import {ADMIN_CONF, SUPER_ADMIN_CONF} from '../domain/paths.ts'
import {parseAddress} from '../domain/cidr.ts'
import {KUBE_VIP_IMAGE} from '../domain/releases.ts'
import {KUBE_VIP_POD, type VirtualAddress} from '../domain/virtual-address.ts'
import type {EnvVar, Pod} from './kube-object.ts'

export interface KubeVipInput {
  readonly cluster: Pick<Cluster, 'apiPort'>
  readonly vip: VirtualAddress
  readonly networkInterface: string
  /** admin.conf has no rights before the cluster has its first binding, and kube-vip needs its lease for the address. */
  readonly isFirstStart: boolean
}

/** The static pod of kube-vip (its own `manifest pod --arp --controlplane --leaderElection`): the holder of a lease has the address. */
export const kubeVipPod = (input: KubeVipInput): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {labels: {component: KUBE_VIP_POD}, name: KUBE_VIP_POD, namespace: 'kube-system'},
  spec: {
    containers: [
      {
        name: KUBE_VIP_POD,
        image: KUBE_VIP_IMAGE,
        imagePullPolicy: 'IfNotPresent',
        args: ['manager'],
        env: environment(input),
        securityContext: {capabilities: {add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL']}},
        volumeMounts: [{name: 'kubeconfig', mountPath: ADMIN_CONF, readOnly: true}],
      },
    ],
    // It asks the API server of its own machine by this name, which is in the certificate.
    hostAliases: [{ip: '127.0.0.1', hostnames: ['kubernetes']}],
    hostNetwork: true,
    priority: 2000001000,
    priorityClassName: 'system-node-critical',
    securityContext: {seccompProfile: {type: 'RuntimeDefault'}},
    volumes: [{name: 'kubeconfig', hostPath: {path: input.isFirstStart ? SUPER_ADMIN_CONF : ADMIN_CONF, type: 'File'}}],
  },
})

const environment = ({cluster, vip, networkInterface}: KubeVipInput): readonly EnvVar[] => [
  {name: 'vip_arp', value: 'true'},
  {name: 'port', value: String(cluster.apiPort)},
  {name: 'vip_nodename', valueFrom: {fieldRef: {fieldPath: 'spec.nodeName'}}},
  {name: 'vip_interface', value: networkInterface},
  {name: 'vip_subnet', value: parseAddress(vip.address)?.family === 6 ? '128' : '32'},
  {name: 'dns_mode', value: 'first'},
  {name: 'cp_enable', value: 'true'},
  {name: 'cp_namespace', value: 'kube-system'},
  {name: 'vip_leaderelection', value: 'true'},
  {name: 'vip_leasename', value: 'plndr-cp-lock'},
  // A lost machine is noticed within five seconds.
  {name: 'vip_leaseduration', value: '5'},
  {name: 'vip_renewdeadline', value: '3'},
  {name: 'vip_retryperiod', value: '1'},
  {name: 'address', value: vip.address},
  {name: 'prometheus_server', value: '127.0.0.1:2112'},
]
