import {crashed, runs, type Sections} from '../captures.ts'
import {CP, kubeletEnds, W, WELL, type Case} from '../wording.ts'

const MANIFESTS = '/etc/kubernetes/manifests'

const lacks = (path: string, ...readers: readonly string[]): Sections => ({
  ...WELL,
  'lacking-files': readers.map(reader => `${path} ${reader}`).join('\n'),
})

const dnsSays = (text: string): Sections => {
  const {containers = '', tasks = ''} = runs('coredns', W)
  const at = /(\d{4}-\S+Z)\n$/.exec(containers)?.[1] ?? ''
  const later = Math.round(Date.parse(at) / 1000) + 3590
  return {...WELL, containers: `${containers}3 ${String(later)} ${text}`, tasks}
}

export const FILE_AND_DNS_CASES: readonly Case[] = [
  {
    name: 'file-missing',
    role: CP,
    phase: 'doctor',
    sections: lacks(
      '/etc/kubernetes/pki/ca.crt',
      `${MANIFESTS}/kube-apiserver.yaml`,
      `${MANIFESTS}/kube-controller-manager.yaml`,
    ),
    cause: /ca\.crt is missing: the programs that read it continue to run, but cannot start again/,
    proof: /used in kube-apiserver\.yaml, kube-controller-manager\.yaml/,
  },
  {
    name: 'file-missing',
    role: CP,
    phase: 'doctor',
    sections: lacks('/etc/kubernetes/pki/sa.key', `${MANIFESTS}/kube-controller-manager.yaml`),
    cause: /sa\.key is missing/,
    proof: /missing or empty/,
  },
  ...['front-proxy-ca.crt', 'etcd/ca.crt', 'ca.key', 'sa.pub', 'apiserver.key'].map((file): Case => ({
    name: 'file-missing',
    role: CP,
    phase: 'doctor',
    sections: lacks(`/etc/kubernetes/pki/${file}`, `${MANIFESTS}/kube-apiserver.yaml`),
    cause: new RegExp(`${file.replace('.', '\\.')} is missing`),
    proof: /used in kube-apiserver\.yaml/,
  })),
  {
    name: 'component-file',
    role: CP,
    sections: {
      ...crashed(
        'kube-apiserver',
        CP,
        'E1124 06:41:12.301245       1 run.go:72] "command failed" err="open /etc/kubernetes/pki/front-proxy-ca.crt: no such file or directory"',
      ),
      'lacking-files': `/etc/kubernetes/pki/front-proxy-ca.crt ${MANIFESTS}/kube-apiserver.yaml`,
    },
    cause: /kube-apiserver cannot read .*front-proxy-ca\.crt/,
    proof: /no such file/,
  },
  {
    name: 'kubelet-file',
    role: W,
    sections: {
      ...kubeletEnds(
        W,
        'E1124 06:41:12.301245    2211 run.go:72] "command failed" err="failed to construct kubelet dependencies: unable to load client CA file /etc/kubernetes/pki/ca.crt: open /etc/kubernetes/pki/ca.crt: no such file or directory"',
      ),
      'lacking-files': '/etc/kubernetes/pki/ca.crt /var/lib/kubelet/config.yaml',
    },
    cause: /the kubelet does not start, because it cannot read \/etc\/kubernetes\/pki\/ca\.crt/,
    proof: /unable to load client CA file/,
  },
  {
    name: 'dns-upstream',
    role: W,
    phase: 'doctor',
    sections: {...WELL, 'dns-forwards': '192.0.2.53 no\n192.0.2.54:5353 no'},
    cause: /no answer from 192\.0\.2\.53, 192\.0\.2\.54:5353, to which it forwards external names/,
    proof: /checked just now: 192\.0\.2\.53 does not answer/,
  },
  {
    name: 'dns-upstream',
    role: W,
    phase: 'doctor',
    sections: dnsSays('[ERROR] plugin/errors: 2 example.com. A: read udp 10.244.1.5:47129->10.77.1.1:53: i/o timeout'),
    cause: /no answer from 10\.77\.1\.1:53/,
    proof: /example\.com/,
  },
]
