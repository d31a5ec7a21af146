import type {TestLab} from '../e2e/test-lab.ts'
import {expiredClient} from './expired.ts'

/** Where the trouble is seen: on a machine, or in what the API shows. */
export type Place = 'master' | 'worker-1' | 'cluster'

export interface Broken {
  /** The rule that must name it. */
  readonly name: string
  readonly place: Place
  /** Breaks it, as root on that machine; what is the cluster's, on its control plane. */
  readonly how: string | ((lab: TestLab) => Promise<unknown>)
  /** Where it is broken, when that is not where it is seen. */
  readonly brokenOn?: 'master'
  /** What the fix asks people to do by hand before what it tells them to type. */
  readonly byHand?: string
  /** A second command of the fix is for the case that the first one was not enough. */
  readonly firstMayFail?: boolean
  /** All of its commands are typed, one after the other. */
  readonly everything?: boolean
}

const ADMIN = 'export KUBECONFIG=/etc/kubernetes/admin.conf'
const MANIFESTS = '/etc/kubernetes/manifests'
const KUBELET_CONFIG = '/var/lib/kubelet/config.yaml'

/** Drops packets on their way in, before any other rule, without a word in a log. */
const quietly = (rule: string): string =>
  `nft add table inet quiet; nft 'add chain inet quiet in { type filter hook input priority -5; }'; nft add rule inet quiet in ${rule} drop`

const applied = (yaml: string, seconds: number): string =>
  `${ADMIN}; kubectl apply -f - <<'END'\n${yaml}\nEND\nsleep ${String(seconds)}`

const MACHINE: readonly Broken[] = [
  {name: 'containerd-down', place: 'worker-1', how: 'systemctl stop containerd'},
  {
    name: 'unit-masked',
    place: 'worker-1',
    how: 'systemctl stop containerd; ln -sf /dev/null /etc/systemd/system/containerd.service; systemctl daemon-reload',
    firstMayFail: true,
  },
  {
    name: 'containerd-config',
    place: 'worker-1',
    how: `printf '[plugins\\n' >>/etc/containerd/config.toml; systemctl restart containerd; sleep 3`,
  },
  {name: 'runtime-hangs', place: 'worker-1', how: 'pkill -STOP -x containerd'},
  {
    name: 'read-only-disk',
    place: 'worker-1',
    how: 'mount --bind /var/lib/kubelet /var/lib/kubelet; mount -o remount,ro,bind /var/lib/kubelet; sleep 2',
    firstMayFail: true,
  },
  {name: 'ip-forward', place: 'worker-1', how: 'sysctl -q -w net.ipv4.ip_forward=0'},
  {name: 'node-name', place: 'worker-1', how: 'hostnamectl set-hostname node-b; systemctl restart kubelet; sleep 12'},
  {name: 'localhost-name', place: 'worker-1', how: `sed '/localhost/d' /etc/hosts >/tmp/h; cat /tmp/h >/etc/hosts`},
]

const KUBELET: readonly Broken[] = [
  {name: 'kubelet-off', place: 'worker-1', how: 'systemctl disable --now kubelet'},
  {name: 'unit-disabled', place: 'worker-1', how: 'systemctl disable kubelet'},
  {name: 'kubelet-hangs', place: 'worker-1', how: 'pkill -STOP -x kubelet'},
  {
    name: 'kubelet-flag',
    place: 'worker-1',
    how: 'echo KUBELET_EXTRA_ARGS=--container-runtime=remote >/etc/default/kubelet; systemctl restart kubelet; sleep 3',
    byHand: 'rm /etc/default/kubelet',
  },
  {
    name: 'kubelet-config',
    place: 'worker-1',
    how: `printf '\\tbad: [\\n' >>${KUBELET_CONFIG}; systemctl restart kubelet; sleep 3`,
  },
  {
    name: 'kubelet-binary',
    place: 'worker-1',
    how: 'echo nonsense >/root/kubelet; chmod 755 /root/kubelet; mv /root/kubelet /usr/bin/kubelet; systemctl restart kubelet; sleep 3',
  },
  {
    name: 'resolv-conf-missing',
    place: 'worker-1',
    how: `sed -i '/^resolvConf:/d' ${KUBELET_CONFIG}; echo 'resolvConf: /run/gone.conf' >>${KUBELET_CONFIG}; systemctl restart kubelet; sleep 5`,
  },
  {
    name: 'cluster-dns',
    place: 'worker-1',
    how: `sed -i 's/10[.]96[.]0[.]10$/10.96.0.99/' ${KUBELET_CONFIG}; systemctl restart kubelet; sleep 5`,
  },
  {
    name: 'kubelet-server',
    place: 'worker-1',
    how: `sed -i 's#server: .*#server: https://10.77.250.250:6443#' /etc/kubernetes/kubelet.conf; systemctl restart kubelet; sleep 8`,
  },
  {
    name: 'kubeconfig-missing',
    place: 'worker-1',
    how: 'rm /var/lib/kubelet/pki/kubelet-client-*; systemctl restart kubelet; sleep 5',
  },
  {name: 'file-missing', place: 'worker-1', how: 'rm /var/lib/kubelet/pki/kubelet-client-*'},
  {name: 'file-missing', place: 'worker-1', how: 'rm /etc/kubernetes/pki/ca.crt'},
  {
    name: 'certificate-expired',
    place: 'worker-1',
    how: async lab => {
      const who = {commonName: 'system:node:worker-1', organisations: ['system:nodes']}
      const {certPem, keyPem} = await expiredClient(lab, who)
      await lab.must(
        'worker-1',
        'sudo sh -c "rm /var/lib/kubelet/pki/kubelet-client-*; cat >/var/lib/kubelet/pki/kubelet-client-current.pem; systemctl restart kubelet; sleep 5"',
        certPem + keyPem,
      )
    },
    everything: true,
  },
  {
    name: 'node-deleted',
    place: 'worker-1',
    how: 'kubectl --kubeconfig /etc/kubernetes/admin.conf delete node worker-1; sleep 3',
    brokenOn: 'master',
  },
]

const NETWORK: readonly Broken[] = [
  {
    name: 'cni-plugin',
    place: 'worker-1',
    how: `echo '{"cniVersion":"1.0.0","name":"cilium","plugins":[{"type":"cilium-cni"}]}' >/etc/cni/net.d/05-cilium.conflist; sleep 2`,
  },
  {name: 'firewall', place: 'worker-1', how: quietly('udp dport 8472')},
  {name: 'firewall', place: 'worker-1', how: quietly('tcp dport 10250')},
  {name: 'firewall', place: 'master', how: 'iptables -I INPUT -p udp --dport 8472 -j DROP'},
  {
    name: 'pod-route',
    place: 'worker-1',
    how: `ip route del "$(ip route | awk '/dev flannel.1/ {print $1; exit}')"`,
  },
  {name: 'tunnel-missing', place: 'worker-1', how: 'ip link delete flannel.1'},
  {name: 'bridge-down', place: 'master', how: 'ip link set cni0 down'},
]

const CONTROL_PLANE: readonly Broken[] = [
  {name: 'manifest-copy', place: 'master', how: `cp ${MANIFESTS}/kube-scheduler.yaml ${MANIFESTS}/kube-scheduler.bak`},
  {
    name: 'static-pod-manifest',
    place: 'master',
    how: `printf '\\tbad\\n' >>${MANIFESTS}/kube-scheduler.yaml; sleep 25`,
  },
  {name: 'manifest-missing', place: 'master', how: `rm ${MANIFESTS}/kube-scheduler.yaml`},
  {name: 'manifest-missing', place: 'master', how: `rm ${MANIFESTS}/etcd.yaml; sleep 25`},
  {
    name: 'component-flag',
    place: 'master',
    how: `sed -i 's/--enable-admission-plugins/--enable-admision-plugins/' ${MANIFESTS}/kube-apiserver.yaml; sleep 45`,
  },
  {
    name: 'file-changed',
    place: 'master',
    how: `sed -i 's/--secure-port=6443/--secure-port=7443/' ${MANIFESTS}/kube-apiserver.yaml; sleep 45`,
  },
  {
    name: 'port-in-use',
    place: 'master',
    how: `mv ${MANIFESTS}/kube-apiserver.yaml /root/; for i in $(seq 60); do ss -ltn | grep -q ':6443 ' || break; sleep 1; done
setsid perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 6443, Listen => 5, ReuseAddr => 1) or die; sleep 900' >/dev/null 2>&1 </dev/null &
sleep 2; mv /root/kube-apiserver.yaml ${MANIFESTS}/; sleep 40`,
    byHand: 'pkill -x perl',
  },
  {
    name: 'certificate-authority',
    place: 'master',
    how: 'cd /etc/kubernetes/pki; for end in crt key; do cp front-proxy-client.$end apiserver.$end; done; sleep 5',
  },
  {
    name: 'certificate-expired',
    place: 'master',
    how: async lab => {
      const {certPem, keyPem} = await expiredClient(lab, {commonName: 'system:kube-controller-manager'})
      const of = (pem: string): string => Buffer.from(pem).toString('base64')
      const file = '/etc/kubernetes/controller-manager.conf'
      const text = (await lab.must('master', `sudo cat ${file}`))
        .replace(/client-certificate-data: .*/, `client-certificate-data: ${of(certPem)}`)
        .replace(/client-key-data: .*/, `client-key-data: ${of(keyPem)}`)
      await lab.must('master', `sudo sh -c "cat >${file}; pkill -x kube-controller; sleep 20"`, text)
    },
  },
  {name: 'file-missing', place: 'master', how: 'rm /etc/kubernetes/pki/ca.crt'},
  {name: 'file-missing', place: 'master', how: 'rm /etc/kubernetes/pki/front-proxy-ca.crt'},
  {name: 'file-missing', place: 'master', how: 'rm /etc/kubernetes/pki/etcd/ca.crt'},
  {name: 'file-missing', place: 'master', how: 'rm /etc/kubernetes/scheduler.conf'},
  {name: 'admin-conf-missing', place: 'master', how: 'rm /etc/kubernetes/admin.conf'},
]

const WEBHOOK = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: guard}
webhooks:
- name: guard.policy.example.com
  failurePolicy: Fail
  sideEffects: None
  admissionReviewVersions: [v1]
  clientConfig: {service: {namespace: policy, name: policy-guard}}
  rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]`

const API_SERVICE = `apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.example.com}
spec:
  group: metrics.example.com
  version: v1beta1
  groupPriorityMinimum: 100
  versionPriority: 100
  insecureSkipTLSVerify: true
  service: {namespace: kube-system, name: gone}`

const changedMap = (map: string, expression: string, pods: string, seconds: number): string =>
  `${ADMIN}; kubectl -n kube-system get configmap ${map} -o yaml | sed '${expression}' | kubectl apply -f -; kubectl -n kube-system delete pod -l k8s-app=${pods}; sleep ${String(seconds)}`

const CLUSTER: readonly Broken[] = [
  {name: 'corefile', place: 'cluster', how: changedMap('coredns', 's/forward /forwrad /', 'kube-dns', 20)},
  {
    name: 'dns-upstream',
    place: 'cluster',
    how: changedMap('coredns', 's/forward \\. .*resolv.conf/forward . 192.0.2.53/', 'kube-dns', 5),
    everything: true,
  },
  {
    name: 'proxy-config',
    place: 'cluster',
    how: changedMap('kube-proxy', 's/mode: .*/mode: ipvs2/', 'kube-proxy', 15),
    everything: true,
  },
  {name: 'webhook-down', place: 'cluster', how: applied(WEBHOOK, 32)},
  {name: 'api-service-down', place: 'cluster', how: applied(API_SERVICE, 40)},
  {name: 'node-cordoned', place: 'cluster', how: `${ADMIN}; kubectl cordon worker-1`},
  {name: 'taint-differs', place: 'cluster', how: `${ADMIN}; kubectl taint nodes worker-1 gpu=no:NoExecute; sleep 2`},
  {
    name: 'dns-scaled-to-0',
    place: 'cluster',
    how: `${ADMIN}; kubectl -n kube-system scale deployment coredns --replicas=0; sleep 3`,
  },
  {name: 'dns-service', place: 'cluster', how: `${ADMIN}; kubectl -n kube-system delete service kube-dns; sleep 3`},
  {
    name: 'daemonset-narrow',
    place: 'cluster',
    how: `${ADMIN}; kubectl -n kube-system patch daemonset kube-proxy -p '{"spec":{"template":{"spec":{"nodeSelector":{"disk":"ssd"}}}}}'; sleep 8`,
  },
  {name: 'config-missing', place: 'cluster', how: `${ADMIN}; kubectl -n kube-system delete configmap kubelet-config`},
  {
    name: 'rights-missing',
    place: 'cluster',
    how: `${ADMIN}; kubectl delete clusterrolebinding kubeadm:node-proxier`,
  },
  {name: 'rights-missing', place: 'cluster', how: `${ADMIN}; kubectl delete clusterrole flannel`},
  {
    name: 'account-missing',
    place: 'cluster',
    how: `${ADMIN}; kubectl -n kube-system delete serviceaccount kube-proxy`,
    everything: true,
  },
  {
    name: 'workload-missing',
    place: 'cluster',
    how: `${ADMIN}; kubectl -n kube-flannel delete daemonset kube-flannel-ds; sleep 3`,
  },
  {
    name: 'workload-missing',
    place: 'cluster',
    how: `${ADMIN}; kubectl -n kube-system delete daemonset/kube-proxy configmap/kube-proxy serviceaccount/kube-proxy`,
  },
  {
    name: 'workload-missing',
    place: 'cluster',
    how: `${ADMIN}; kubectl -n kube-system delete deployment/coredns configmap/coredns service/kube-dns serviceaccount/coredns`,
  },
  {
    name: 'image-pull',
    place: 'worker-1',
    how: `${ADMIN}; kubectl run nothere --image=registry.example.invalid/nothere:1; sleep 15`,
    brokenOn: 'master',
  },
]

/** States of a cluster of one control plane and one worker that a doctor must name, each with what makes it. */
export const BROKEN: readonly Broken[] = [...MACHINE, ...KUBELET, ...NETWORK, ...CONTROL_PLANE, ...CLUSTER]
