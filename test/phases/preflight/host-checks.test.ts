import {describe, expect, test} from 'vitest'
import {file, link, sampleFacts, seen} from './sample.ts'

const bare = sampleFacts(10)
const GIB = 1024 ** 3

describe('a check of what runs on it says what it saw and one fix', () => {
  test.each([
    [
      'a kubelet that runs for nobody',
      'Port-10250',
      {listening: [{port: 10250, address: '::', process: 'kubelet', unit: 'kubelet.service'}]},
      'info master: a kubelet without a cluster runs -> kadm starts it again with its own configuration',
    ],
    [
      'a manifest of another cluster',
      'FileAvailable--etc-kubernetes-manifests-etcd.yaml',
      {files: {'/etc/kubernetes/manifests/etcd.yaml': file}},
      'error master: /etc/kubernetes/manifests/etcd.yaml was left by another cluster -> run kadm reset on master first',
    ],
    [
      'a kubelet.conf on a worker',
      'FileAvailable--etc-kubernetes-kubelet.conf',
      {role: 'worker' as const, files: {'/etc/kubernetes/kubelet.conf': file}},
      'error master: /etc/kubernetes/kubelet.conf was left by another cluster -> run kadm reset on master first',
    ],
    [
      'data of an old etcd',
      'DirAvailable--var-lib-etcd',
      {files: {'/var/lib/etcd/member': {...file, type: 'directory' as const}}},
      'error master: /var/lib/etcd holds the data of another cluster -> save a copy if you need it, then run kadm reset on master',
    ],
    [
      'a worker that is to be a control plane',
      'Role',
      {clusterCaHash: 'aa', files: {'/etc/kubernetes/pki/ca.crt': file, '/etc/kubernetes/kubelet.conf': file}},
      'error master: is a worker of a cluster, but this run makes it a control plane -> remove it from its cluster first: kadm reset master',
    ],
    [
      'a control plane that is to be a worker',
      'Role',
      {role: 'worker' as const, clusterCaHash: 'aa', files: {'/etc/kubernetes/manifests/kube-apiserver.yaml': file}},
      'error master: is the control plane of a cluster, but this run makes it a worker -> remove it from its cluster first: kadm reset master',
    ],
    [
      'k3s',
      'OtherKubernetes',
      {units: {'k3s.service': {active: 'active', enabled: 'enabled'}}},
      'error master: k3s runs here -> uninstall k3s, or use another machine',
    ],
    [
      'another hostname than the wanted',
      'Hostname',
      {hostname: 'ubuntu'},
      'info master: is called ubuntu now -> kadm calls it master',
    ],
    [
      'a node that would be renamed',
      'Hostname',
      {nodeName: 'old-name'},
      'error master: is already node old-name and cannot be renamed to master -> keep the name old-name: a control plane cannot be renamed; create a new cluster to change it',
    ],
    [
      'a host that does not know its name',
      'Hostname',
      {hostnameResolves: false},
      'info master: does not know its own name -> kadm writes it to /etc/hosts',
    ],
    [
      'interfaces of an old pod network',
      'PodNetworkLeftovers',
      {
        network: {
          ...bare.network,
          interfaces: [...bare.network.interfaces, link('cni0', ['10.244.3.1/24'], {kind: 'bridge'})],
        },
      },
      'warning master: interfaces of an earlier pod network: cni0 -> remove them: sudo ip link delete cni0, or reboot',
    ],
    [
      'DNS that loops',
      'DNSUpstreams',
      {resolv: {nameservers: ['127.0.0.53'], upstreams: [], resolvedActive: true}},
      'error master: its only DNS server is itself (127.0.0.53), so cluster DNS would ask itself in a loop -> set a DNS server for the interface, in netplan under nameservers',
    ],
    [
      'no DNS at all',
      'DNSUpstreams',
      {resolv: {nameservers: [], upstreams: [], resolvedActive: false}},
      'warning master: no DNS server is configured -> set a DNS server for the interface, in netplan under nameservers',
    ],
    [
      'firewalld',
      'Firewalld',
      {firewall: {ufw: false, firewalld: true, nftables: true, closed: []}},
      'warning master: firewalld is active, and kadm does not configure it -> open it for the cluster: sudo firewall-cmd --permanent --add-port=6443/tcp; sudo firewall-cmd --permanent --zone=trusted --add-interface=cni0; sudo firewall-cmd --permanent --zone=trusted --add-interface=flannel.1; sudo firewall-cmd --reload',
    ],
    [
      'ufw',
      'Ufw',
      {role: 'worker' as const, firewall: {ufw: true, firewalld: false, nftables: false, closed: []}},
      'info master: ufw is active -> kadm adds rules, which a reset removes: pods to this node from 10.244.0.0/16 on cni0; pods of this node from 10.244.0.0/16 on cni0; pods of other nodes from 10.244.0.0/16 on flannel.1 to 10.244.0.0/16',
    ],
    [
      'forwarding off',
      'FileContent--proc-sys-net-ipv4-ip_forward',
      {sysctls: {'net.ipv4.ip_forward': '0'}},
      'info master: off -> kadm turns it on, now and at every boot',
    ],
    [
      'Docker with the CRI off',
      'CRI',
      {
        containerd: {
          binary: '/usr/bin/containerd',
          version: '1.7.27',
          criDisabled: true,
          systemdCgroup: undefined,
          socket: true,
        },
        packages: {'containerd.io': {version: '1.7.27-1', held: false}},
      },
      'info master: containerd has its CRI plugin disabled, as Docker packages it -> kadm enables it',
    ],
    [
      'an old containerd',
      'ContainerRuntimeVersion',
      {
        containerd: {
          binary: '/usr/bin/containerd',
          version: '1.7.27',
          criDisabled: false,
          systemdCgroup: true,
          socket: true,
        },
      },
      'warning master: containerd 1.7.27 cannot report its cgroup driver to the kubelet -> upgrade containerd to 2.0 or later before Kubernetes 1.38',
    ],
    [
      'drivers that disagree',
      'CgroupDriver',
      {
        containerd: {
          binary: '/usr/bin/containerd',
          version: '2.0.0',
          criDisabled: false,
          systemdCgroup: false,
          socket: true,
        },
        kubelet: {...bare.kubelet, cgroupDriver: 'systemd' as const},
      },
      'info master: kubelet systemd, containerd cgroupfs -> kadm sets both to systemd',
    ],
    [
      'a kubelet newer than the cluster',
      'KubeletVersion',
      {kubelet: {...bare.kubelet, version: 'v1.38.0'}},
      "error master: its kubelet v1.38.0 is newer than the cluster's v1.37.2 -> choose --kubernetes-version v1.38.0, or remove the kubelet from the host",
    ],
    [
      'a full disk',
      'DiskSpace',
      {disks: [{path: '/var/lib/containerd', freeBytes: GIB, totalBytes: 10 * GIB, readOnly: false}]},
      'error master: only 1.0 GiB free for /var/lib/containerd -> free or add space below /var/lib/containerd',
    ],
    [
      'a disk on which the kubelet would evict pods at once',
      'DiskSpace',
      {disks: [{path: '/var/lib/containerd', freeBytes: 14 * GIB, totalBytes: 100 * GIB, readOnly: false}]},
      'error master: only 14.0 GiB free for /var/lib/containerd, of 100.0 GiB; the kubelet evicts pods below 15.0 GiB -> free or add space below /var/lib/containerd, or set evictionHard in your KubeletConfiguration',
    ],
    [
      'a disk on which it soon would',
      'DiskSpace',
      {disks: [{path: '/var/lib/kubelet', freeBytes: 11 * GIB, totalBytes: 100 * GIB, readOnly: false}]},
      'warning master: only 11.0 GiB free for /var/lib/kubelet, of 100.0 GiB; the kubelet evicts pods below 10.0 GiB -> free or add space below /var/lib/kubelet, or set evictionHard in your KubeletConfiguration',
    ],
    [
      'a read-only disk',
      'DiskWritable',
      {disks: [{path: '/var/lib/kubelet', freeBytes: 9 * GIB, totalBytes: 10 * GIB, readOnly: true}]},
      'error master: /var/lib/kubelet is on a read-only file system -> mount it read-write: sudo mount -o remount,rw "$(findmnt -no TARGET -T /var/lib/kubelet)"; then look in /etc/fstab',
    ],
    [
      'a slow disk',
      'FsyncLatency',
      {fsyncMs: 12},
      'warning master: a synced write takes 12 ms, etcd wants 10 -> use a faster disk for /var/lib/etcd',
    ],
    [
      'a very slow disk',
      'FsyncLatency',
      {fsyncMs: 80},
      'warning master: a synced write takes 80 ms, far more than the 10 ms etcd wants -> use a faster disk: at this speed etcd loses its leader and the API server restarts under load',
    ],
    [
      'a package lock held for a moment',
      'PackageLock',
      {packageLock: {pid: 812, command: 'unattended-upgr', ageSeconds: 61}},
      'info master: unattended-upgr (pid 812) has held the package lock for 61 s -> kadm waits for it',
    ],
    [
      'an interrupted dpkg',
      'PackageState',
      {packagesInterrupted: true},
      'error master: dpkg was interrupted -> run sudo dpkg --configure -a',
    ],
    [
      'a clock nobody sets',
      'ClockSync',
      {clock: {epochSeconds: bare.clock.epochSeconds, synchronized: false}},
      'warning master: the clock is not synchronised -> turn on time synchronisation: sudo timedatectl set-ntp true',
    ],
  ])('%s', (_, name, facts, expected) => {
    expect(seen(name, facts)).toEqual([expected])
  })
})

test('a proxy that would take the traffic of the cluster is reported range by range', () => {
  const proxy = {http: undefined, https: 'http://proxy:3128', noProxy: 'localhost,192.168.56.0/24,10.96.0.0/12'}

  expect(seen('HTTPProxy', {proxy})).toEqual([])
  expect(seen('ProxyNotInFile', {proxy})).toEqual([
    'warning master: /etc/environment sets the proxy http://proxy:3128 but the cluster file does not, so containerd and the kubelet will not use it -> set it as proxy in kadm.yaml if registries are reached through it',
  ])
  expect(seen('HTTPProxyCIDR', {proxy})).toEqual([
    'warning master: traffic to 10.244.0.0/16 would go through http://proxy:3128 -> add 10.244.0.0/16 to no_proxy in /etc/environment',
  ])
})
