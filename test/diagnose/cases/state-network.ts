import {crashed, journal, runs, units} from '../captures.ts'
import {CP, network, probe, W, WELL, type Case} from '../wording.ts'

const WELL_CP = {...WELL, 'api-probe': probe({podCIDRs: ['10.244.0.0/24']}, [], 'master')}

/** What no log says of networks, pods and units. */
export const STATE_NETWORK_CASES: readonly Case[] = [
  {
    name: 'cni-plugin',
    role: W,
    sections: {...WELL, 'pod-network': network('config 05-cilium.conflist cilium cilium-cni')},
    cause:
      /05-cilium\.conflist is read before 10-containerd-net\.conflist and needs cilium-cni, which is not installed/,
    proof: /opt\/cni\/bin has: bridge/,
  },
  {
    name: 'cni-foreign',
    role: W,
    sections: {
      ...WELL,
      'pod-network': network('config 09-podman-bridge.conflist podman bridge host-local', 'address podman 10.88.0.2'),
    },
    cause: /09-podman-bridge\.conflist is read before 10-containerd-net\.conflist/,
    proof: /pods have 10\.88\.0\.2; the range of this node is 10\.244\.1\.0\/24/,
  },
  {
    name: 'cni-foreign',
    role: W,
    sections: {
      ...WELL,
      'pod-network':
        'config 87-podman-bridge.conflist podman bridge host-local\nplugin bridge\nplugin host-local\naddress podman 10.88.0.2\npods 10.77.1.1',
    },
    cause: /addresses from \/etc\/cni\/net\.d\/87-podman-bridge\.conflist, outside this node's range/,
    proof: /10\.88\.0\.2/,
  },
  {
    name: 'pod-addresses',
    role: W,
    sections: {...WELL, 'pod-network': `${network()}\naddress kadm-pods 10.244.7.3`},
    cause: /outside the range that the cluster assigned to it/,
    proof: /10\.244\.7\.3/,
  },
  {
    name: 'flannel-missing',
    role: W,
    sections: {...WELL, containers: '', 'pod-network': network()},
    cause: /flannel does not run on this node/,
    proof: /subnet\.env is missing/,
  },
  {
    name: 'tunnel-missing',
    role: W,
    sections: {
      ...WELL,
      ...runs('kube-flannel', W),
      'pod-network': `${network()}\nflannel 10.244.1.1/24\ntunnel no`,
      peers: '10.77.1.11 10.244.0.0 no open',
    },
    cause: /flannel\.1, does not exist/,
    proof: /flannel\.1 does not exist/,
  },
  {
    name: 'tunnel-missing',
    role: W,
    sections: {
      ...WELL,
      ...runs('kube-flannel', W),
      'pod-network': `${network()}\nflannel 10.244.1.1/24\ntunnel down`,
    },
    cause: /flannel\.1, is down/,
    proof: /flannel\.1 is down/,
  },
  {
    name: 'bridge-down',
    role: W,
    sections: {
      ...WELL,
      ...runs('kube-flannel', W),
      'pod-network': `${network()}\nflannel 10.244.1.1/24\ntunnel yes\nbridge down`,
    },
    cause: /cni0 is down/,
    proof: /cni0 is not up/,
  },
  {
    name: 'cni-plugin',
    role: W,
    sections: {
      ...WELL,
      'pod-network':
        'config 10-containerd-net.conflist kadm-pods bridge host-local portmap\nnameserver 10.77.1.1\npods 10.77.1.1',
    },
    cause: /its program is not in \/opt\/cni\/bin/,
    proof: /has: nothing/,
  },
  {
    name: 'firewall',
    role: W,
    sections: {...WELL, 'drop-rules': 'udp dport 8472 drop'},
    cause: /drops packets to port 8472/,
    proof: /udp dport 8472 drop/,
  },
  {
    name: 'pod-tunnel',
    role: W,
    sections: {...WELL, peers: '10.77.1.11 10.244.0.0 no open\n10.77.1.13 10.244.2.0 no open'},
    cause: /UDP 8472.*every other node/,
    proof: /10\.244\.0\.0 in the tunnel/,
  },
  {
    name: 'kubelet-port',
    role: CP,
    sections: {...WELL_CP, peers: '10.77.1.12 10.244.1.0 yes silent\n10.77.1.13 10.244.2.0 yes open'},
    cause: /TCP 10250 of 10\.77\.1\.12 does not answer/,
    proof: /10\.77\.1\.12:10250 is silent/,
  },
  {
    name: 'corefile',
    role: CP,
    sections: crashed('coredns', CP, "/etc/coredns/Corefile:13 - Error during parsing: Unknown directive 'forwrad'"),
    cause: /Corefile, line 13: Unknown directive 'forwrad'/,
    proof: /forwrad/,
  },
  {
    name: 'proxy-config',
    role: W,
    sections: crashed(
      'kube-proxy',
      W,
      'E1124 06:41:12.301245       1 run.go:74] "command failed" err="KubeProxyConfiguration.Mode: Invalid value: \\"ipvs2\\": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])"',
    ),
    cause: /Mode = "ipvs2", which is invalid: must be iptables/,
    proof: /ipvs2/,
  },
  {
    name: 'flannel-rights',
    role: W,
    sections: crashed(
      'kube-flannel',
      W,
      'E1124 06:41:12.301245       1 main.go:235] Failed to create SubnetManager: error retrieving node spec for "worker-1": nodes "worker-1" is forbidden: User "system:serviceaccount:kube-flannel:flannel" cannot get resource "nodes" in API group "" at the cluster scope',
    ),
    cause: /flannel cannot get resource "nodes"/,
    proof: /is forbidden/,
  },
  {
    name: 'proxy-api',
    role: W,
    sections: {
      ...WELL,
      ...crashed(
        'kube-proxy',
        W,
        'E1124 06:41:12.301245       1 reflector.go:205] "Failed to watch" err="failed to list *v1.Node: Get \\"https://10.77.1.99:6443/api/v1/nodes?fieldSelector=x\\": dial tcp 10.77.1.99:6443: connect: no route to host" reflector="k8s.io/client-go/informers/factory.go:160"',
        'E1124 06:41:13.301245       1 reflector.go:205] "Failed to watch" err="failed to list *v1.Service: Get \\"https://10.77.1.99:6443/api/v1/services?x\\": dial tcp 10.77.1.99:6443: connect: no route to host" reflector="k8s.io/client-go/informers/factory.go:160"',
      ),
    },
    cause: /kube-proxy does not reach the API at 10\.77\.1\.99:6443, and the kubelet does/,
    proof: /no route to host/,
  },
  {
    name: 'service-account-key',
    role: CP,
    sections: crashed(
      'kube-apiserver',
      CP,
      'E1124 06:41:12.301245       1 authentication.go:75] "Unable to authenticate the request" err="[invalid bearer token, go-jose/go-jose: error in cryptographic primitive]"',
    ),
    cause: /not signed with/,
    proof: /cryptographic primitive/,
  },
  {
    name: 'unit-masked',
    role: W,
    sections: {
      'unit-states':
        units('running', 'stopped')['unit-states']?.replace(
          'Id=containerd.service\nLoadState=loaded',
          'Id=containerd.service\nLoadState=masked',
        ) ?? '',
      'runtime-state': 'installed yes',
    },
    cause: /containerd is masked/,
    proof: /link to \/dev\/null/,
  },
  {
    name: 'unit-disabled',
    role: W,
    phase: 'doctor',
    sections: {
      'unit-states':
        units('running')['unit-states']?.replace(
          'Id=kubelet.service\nLoadState=loaded',
          'Id=kubelet.service\nLoadState=loaded\nUnitFileState=disabled',
        ) ?? '',
    },
    cause: /kubelet will not start at the next boot/,
    proof: /kubelet\.service: disabled/,
  },
  {
    name: 'containerd-config',
    role: W,
    sections: {
      ...units('running', 'restarting'),
      ...journal(
        'containerd',
        W,
        'containerd: failed to load TOML: failed to unmarshal TOML at row 5 column 40: toml: expected character ]',
        'time="2026-11-24T06:32:54Z" level=error msg="Failure unmarshaling TOML" column=40 error="toml: expected character ]" file=/etc/containerd/config.toml row=5',
      ),
    },
    cause: /cannot read its configuration.*row 5 column 40/,
    proof: /TOML/,
  },
  {
    name: 'kubelet-flag',
    role: W,
    sections: {
      ...units('restarting'),
      ...journal('kubelet', W, 'Error: failed to parse kubelet flag: unknown flag: --container-runtime'),
      flags: '/var/lib/kubelet/kubeadm-flags.env --node-ip\n/etc/default/kubelet --container-runtime',
    },
    cause: /does not know its flag --container-runtime/,
    proof: /--container-runtime is in \/etc\/default\/kubelet/,
  },
]
