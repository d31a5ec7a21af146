import {crashed, units} from '../captures.ts'
import {CP, network, probe, probeFails, W, WELL, type Case} from '../wording.ts'

const WELL_CP = {...WELL, 'api-probe': probe({podCIDRs: ['10.244.0.0/24']}, [], 'master')}
const BRIDGED = `${network()}\nflannel 10.244.1.1/24\ntunnel yes`

/** Programs that run and do not work, and values that are allowed and wrong. */
export const HANG_AND_CHANGE_CASES: readonly Case[] = [
  {
    name: 'runtime-hangs',
    role: W,
    sections: {...WELL, 'runtime-state': 'installed yes\nsocket yes\nsilent yes', 'kubelet-health': 'no'},
    cause: /containerd runs and gives no answer/,
    proof: /did not tell its version/,
  },
  {
    name: 'kubelet-hangs',
    role: W,
    sections: {...WELL, 'kubelet-health': 'no'},
    cause: /the kubelet runs and does not answer its own health check/,
    proof: /\/healthz gave no answer twice/,
  },
  {
    name: 'kubelet-server',
    role: W,
    sections: {
      ...WELL,
      join: 'kubeconfig yes\ncertificate yes\nserver https://10.77.1.99:6443\nconfig yes',
      'api-probe':
        'node worker-1\nUnable to connect to the server: dial tcp 10.77.1.99:6443: connect: no route to host\nport silent\nother https://10.77.1.11:6443 open',
    },
    cause: /looks for the API at https:\/\/10\.77\.1\.99:6443.*the cluster's API is at https:\/\/10\.77\.1\.11:6443/,
    proof: /no route to host/,
  },
  {
    // The kubelet of a control plane uses its own API server, which is down; kube-proxy uses all of them.
    name: 'api-refused',
    role: CP,
    sections: {
      ...WELL,
      listening: '',
      'api-probe':
        'node master\nThe connection to the server 10.77.1.11:6443 was refused - did you specify the right host or port?\nport refused\nother https://lb.example.com:6443 open',
    },
    cause: /no process listens at 10\.77\.1\.11:6443/,
    proof: /no process listens on the port of the API server here/,
  },
  {
    name: 'kubelet-server',
    role: CP,
    sections: {
      ...WELL,
      join: 'kubeconfig yes\ncertificate yes\nserver https://10.77.1.99:6443\nconfig yes\napiserver yes',
      'api-probe':
        'node master\nUnable to connect to the server: dial tcp 10.77.1.99:6443: connect: no route to host\nport silent\nother https://10.77.1.11:6443 open',
    },
    cause: /looks for the API at https:\/\/10\.77\.1\.99:6443/,
    proof: /no route to host/,
  },
  {
    name: 'cluster-dns',
    role: W,
    sections: {...WELL, 'silent-dns': '10.96.0.99 10.96.0.10'},
    cause: /gives pods the name server 10\.96\.0\.99, which does not answer; the cluster's is 10\.96\.0\.10/,
    proof: /clusterDNS in \/var\/lib\/kubelet\/config\.yaml: 10\.96\.0\.99/,
  },
  {
    name: 'resolv-conf-missing',
    role: W,
    sections: {
      ...WELL,
      join: 'kubeconfig yes\ncertificate yes\nserver https://10.77.1.11:6443\nconfig yes\nresolvConf /run/gone.conf',
      'pod-network': `${BRIDGED.replace(/^pods .*$/m, '')}\nresolv no`,
    },
    cause: /name servers, \/run\/gone\.conf, is missing/,
    proof: /not there/,
  },
  {
    name: 'pod-route',
    role: W,
    sections: {
      ...WELL,
      'pod-network': BRIDGED,
      peers: '10.77.1.11 10.244.0.0 no open no\n10.77.1.13 10.244.2.0 yes open yes',
    },
    cause: /no route to the pods on 10\.77\.1\.11:/,
    proof: /no route by flannel\.1 to 10\.244\.0\.0/,
  },
  {
    name: 'pod-route',
    role: W,
    sections: {...WELL, 'pod-network': `${BRIDGED}\ntunnel-empty yes`, peers: ''},
    cause: /flannel created it without its routes/,
    proof: /no entry for another node/,
  },
  {
    name: 'file-changed',
    role: CP,
    sections: {
      ...WELL_CP,
      'pod-network': BRIDGED,
      ...crashed('kube-scheduler', CP, 'E1124 06:41:12.3 1 run.go:72] "command failed" err="no such profile"'),
      'changed-files': '/etc/kubernetes/manifests/kube-scheduler.yaml\n/etc/containerd/config.toml',
    },
    cause: /kube-scheduler\.yaml was changed since kadm wrote it, and kube-scheduler does not work$/,
    proof: /no such profile/,
  },
  {
    name: 'file-changed',
    role: CP,
    sections: {
      ...units('running'),
      'kubelet-health': 'yes',
      join: 'kubeconfig yes\ncertificate yes\napiserver yes\nserver https://10.77.1.11:6443\nconfig yes',
      ...probeFails('The connection to the server 10.77.1.11:6443 was refused', 'refused', 'master'),
      'changed-files': '/etc/kubernetes/manifests/kube-apiserver.yaml',
    },
    cause: /kube-apiserver\.yaml was changed since kadm wrote it/,
    proof: /not the text that kadm wrote/,
  },
]
