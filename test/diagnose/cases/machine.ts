import {journal, units} from '../captures.ts'
import {CP, type Case, W, commandFailed, kubeletEnds, kubeletSays, room, WELL, network} from '../wording.ts'

export const MACHINE_CASES: readonly Case[] = [
  {
    name: 'disk-full',
    role: W,
    sections: {
      ...room('/ 12000 264212084 900000 16777216 rw'),
      ...kubeletSays(
        W,
        'E1124 06:41:12.301245    2211 kubelet_node_status.go:108] "x" err="write /var/lib/kubelet/cpu_manager_state: no space left on device"',
      ),
    },
    cause: /the disk of \/ is full/,
    proof: /0\.0 GiB of 252\.0 GiB free/,
  },
  {
    name: 'inodes-full',
    role: W,
    sections: room('/ 59586196 264212084 120 16777216 rw'),
    cause: /almost no inodes/,
    proof: /120 of 16777216/,
  },
  {
    name: 'disk-pressure',
    role: W,
    sections: room('/ 9586196 264212084 9000000 16777216 rw'),
    cause: /less than 10 %/,
    proof: /9\.1 GiB/,
  },
  {
    name: 'read-only-disk',
    role: W,
    sections: room('/ 59586196 264212084 9000000 16777216 ro'),
    cause: /read-only/,
    proof: /mounted read-only/,
  },
  {
    name: 'out-of-memory',
    role: CP,
    sections: journal(
      'kernel',
      CP,
      'Out of memory: Killed process 3568 (etcd) total-vm:11726824kB, anon-rss:812340kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:2100kB oom_score_adj:-997',
    ),
    cause: /killed etcd, because the host ran out of memory/,
    proof: /Killed process 3568/,
  },
  {
    name: 'inotify-instances',
    role: W,
    sections: kubeletEnds(
      W,
      commandFailed(
        'failed to run Kubelet: failed to create kubelet: failed to create fsnotify watcher: too many open files',
      ),
    ),
    cause: /inotify instances/,
    proof: /max_user_instances = 128, root has \d+ open/,
  },
  {
    name: 'inotify-instances',
    role: CP,
    sections: {
      ...units('running', 'restarting'),
      ...journal(
        'containerd',
        CP,
        'time="2026-11-24T06:33:56.611445412Z" level=fatal msg="Failed to run CRI service" error="failed to create cni conf monitor for default: failed to create fsnotify watcher: too many open files"',
      ),
    },
    cause: /file watchers/,
    proof: /fsnotify watcher/,
  },
  {
    name: 'inotify-watches',
    role: W,
    sections: kubeletSays(
      W,
      'E1124 06:41:12.301245    2211 watcher.go:152] "Failed to watch directory" err="inotify_add_watch /sys/fs/cgroup/kubepods.slice: no space left on device"',
    ),
    cause: /disk itself is not full/,
    proof: /max_user_watches = 192536/,
  },
  {
    name: 'open-files',
    role: W,
    sections: kubeletSays(
      W,
      'E1124 06:41:12.301245    2211 server.go:1] "http: Accept error" err="accept tcp [::]:10250: accept4: too many open files; retrying in 1s"',
    ),
    cause: /too many files are open/,
    proof: /accept4/,
  },
  {
    name: 'clock',
    role: W,
    sections: kubeletEnds(
      W,
      commandFailed(
        'failed to run Kubelet: cannot create certificate signing request: Post \\"https://10.77.1.11:6443/apis/certificates.k8s.io/v1/certificatesigningrequests\\": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-24T02:41:12Z is before 2026-11-24T06:27:35Z',
      ),
    ),
    cause: /not valid yet/,
    proof: /is before 2026-11-24T06:27:35Z/,
  },
  {
    name: 'firewall',
    role: CP,
    sections: journal(
      'kernel',
      CP,
      '[UFW BLOCK] IN=host0 OUT= MAC=5e:aa SRC=10.77.1.12 DST=10.77.1.11 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=5 DF PROTO=TCP SPT=40112 DPT=6443 WINDOW=64240 RES=0x00 SYN URGP=0',
    ),
    cause: /drops packets to port 6443/,
    proof: /UFW BLOCK/,
  },
  {
    name: 'package-lock',
    role: W,
    phase: 'runtime',
    sections: {'package-lock': 'lock 812 1000 200.0 unattended-upgr'},
    cause: /unattended-upgr \(process 812\)/,
    proof: /package lock for 190 s/,
  },
  {
    name: 'hold-lifted',
    role: W,
    phase: 'doctor',
    sections: {holds: 'kubelet|1.37.2-1.1\ncontainerd|1.7.24~ds1-1'},
    cause: /can change kubelet, containerd/,
    proof: /kubelet 1\.37\.2-1\.1 is not held/,
  },
  {
    name: 'connections-full',
    role: W,
    sections: journal('kernel', W, 'nf_conntrack: nf_conntrack: table full, dropping packet'),
    cause: /drops new ones/,
    proof: /of 262144/,
  },
  {
    name: 'connections-full',
    role: W,
    sections: {connections: 'count 262001'},
    cause: /drops new ones/,
    proof: /262001 of 262144/,
  },
  {
    name: 'swap-on',
    role: W,
    phase: 'doctor',
    sections: {
      ...WELL,
      virtualization: 'kind kvm\ncontainer none',
      memory: 'total 24684084\navailable 20074716\nswap /swap.img file 2097148 0 -2',
    },
    cause: /will not start the next time/,
    proof: /swap\.img/,
  },
  {
    name: 'localhost-name',
    role: W,
    sections: {'pod-network': `${network()}\nlocalhost no`},
    cause: /cannot resolve the name localhost/,
    proof: /getent hosts localhost/,
  },
  {
    name: 'no-nameserver',
    role: W,
    sections: {'pod-network': network().replace('pods 10.77.1.1', '')},
    cause: /do not get a name server/,
    proof: /systemd\/resolve\/resolv\.conf/,
  },
]
