import type {Broken} from './broken.ts'
import {CLUSTER} from './broken-cluster.ts'
import {expiredClient} from './expired.ts'

const MANIFESTS = '/etc/kubernetes/manifests'
const KUBELET_CONFIG = '/var/lib/kubelet/config.yaml'

/** Drops packets on their way in, before any other rule, without a word in a log. */
const quietly = (rule: string): string =>
  `nft add table inet quiet; nft 'add chain inet quiet in { type filter hook input priority -5; }'; nft add rule inet quiet in ${rule} drop`

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
  {
    name: 'read-only-disk',
    place: 'worker-1',
    how: 'mount --bind /var/lib/kubelet /var/lib/kubelet; mount -o remount,ro,bind /var/lib/kubelet; sleep 2',
    firstMayFail: true,
    afterwards: 'umount -l /var/lib/kubelet',
  },
  {name: 'ip-forward', place: 'worker-1', how: 'sysctl -q -w net.ipv4.ip_forward=0'},
  {name: 'node-name', place: 'worker-1', how: 'hostnamectl set-hostname node-b; systemctl restart kubelet; sleep 12'},
]

const KUBELET: readonly Broken[] = [
  {name: 'kubelet-off', place: 'worker-1', how: 'systemctl disable --now kubelet'},
  {name: 'unit-disabled', place: 'worker-1', how: 'systemctl disable kubelet'},
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
    how: `sed -i 's/10[.]96[.]0[.]10/10.96.0.99/' ${KUBELET_CONFIG}; systemctl restart kubelet; sleep 5`,
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
  {name: 'firewall', place: 'master', how: 'iptables -I INPUT -i host0 -p tcp --dport 6443 -j DROP; sleep 15'},
  {
    name: 'pod-route',
    place: 'worker-1',
    how: `ip route del "$(ip route | awk '/dev flannel.1/ {print $1; exit}')"`,
  },
  // flannel makes the device again, without its entries for the other nodes.
  {name: 'pod-route', place: 'worker-1', how: 'ip link delete flannel.1; sleep 10'},
  {name: 'bridge-down', place: 'master', how: 'ip link set cni0 down'},
  // Who has just started is not judged: this comes where nothing was restarted.
  {name: 'kubelet-hangs', place: 'worker-1', how: 'pkill -STOP -x kubelet'},
  {name: 'runtime-hangs', place: 'worker-1', how: 'pkill -STOP -x containerd'},
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

/** States of a cluster of one control plane and one worker that a doctor must name, each with what makes it. */
export const BROKEN: readonly Broken[] = [...MACHINE, ...KUBELET, ...NETWORK, ...CONTROL_PLANE, ...CLUSTER]
