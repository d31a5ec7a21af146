import {crashed} from '../captures.ts'
import {CP, type Case} from '../wording.ts'

export const CONTROL_PLANE_CASES: readonly Case[] = [
  {
    name: 'component-flag',
    role: CP,
    sections: crashed('kube-apiserver', CP, 'Error: unknown flag: --insecure-port'),
    cause: /kube-apiserver does not know its flag --insecure-port/,
    proof: /unknown flag/,
  },
  {
    name: 'component-flag',
    role: CP,
    sections: crashed(
      'etcd',
      CP,
      '{"level":"warn","ts":"2026-11-24T06:29:56.082332Z","caller":"etcdmain/etcd.go:75","msg":"failed to verify flags","error":"flag provided but not defined: -experimental-initial-corrupt-check"}',
    ),
    cause: /etcd does not know its flag/,
    proof: /flag provided but not defined/,
  },
  {
    name: 'port-in-use',
    role: CP,
    sections: {
      ...crashed(
        'kube-apiserver',
        CP,
        'E1124 06:41:12.301245       1 run.go:72] "command failed" err="failed to create listener: failed to listen on 0.0.0.0:6443: listen tcp 0.0.0.0:6443: bind: address already in use"',
      ),
      listening: 'ss LISTEN 0 511 0.0.0.0:6443 0.0.0.0:* users:(("nginx",pid=812,fd=6))',
    },
    cause: /another program has its port 6443/,
    proof: /nginx uses port/,
  },
  {
    name: 'component-file',
    role: CP,
    sections: crashed(
      'kube-apiserver',
      CP,
      'E1124 06:41:12.301245       1 run.go:72] "command failed" err="open /etc/kubernetes/pki/apiserver.crt: no such file or directory"',
    ),
    cause: /cannot read \/etc\/kubernetes\/pki\/apiserver\.crt/,
    proof: /apiserver\.crt/,
  },
  {
    name: 'etcd-unreachable',
    role: CP,
    sections: {
      ...crashed(
        'kube-apiserver',
        CP,
        'W1124 06:41:12.301245       1 logging.go:55] [core] [Channel #1 SubChannel #2]grpc: addrConn.createTransport failed to connect to {Addr: "127.0.0.1:2379", ServerName: "127.0.0.1:2379", }. Err: connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused"',
      ),
      listening: '',
    },
    cause: /cannot reach etcd at 127\.0\.0\.1:2379/,
    proof: /nothing listens on 2379/,
  },
  {
    name: 'etcd-cluster',
    role: CP,
    sections: crashed(
      'etcd',
      CP,
      '{"level":"warn","ts":"2026-11-24T06:29:56.082332Z","caller":"rafthttp/http.go:503","msg":"request cluster ID mismatch","local-member-id":"8e9e05c52164694d"}',
    ),
    cause: /belongs to another cluster/,
    proof: /cluster ID mismatch/,
  },
  {
    name: 'etcd-member',
    role: CP,
    sections: crashed(
      'etcd',
      CP,
      '{"level":"error","ts":"2026-11-24T06:29:56.082332Z","caller":"etcdserver/server.go:861","msg":"server error","error":"the member has been permanently removed from the cluster"}',
    ),
    cause: /was removed from its cluster/,
    proof: /permanently removed/,
  },
  {
    name: 'etcd-space',
    role: CP,
    sections: crashed(
      'kube-apiserver',
      CP,
      'E1124 06:41:12.301245       1 status.go:71] "Unhandled Error" err="apiserver received an error that is not an metav1.Status: &status.Error{s:(*status.Status)}: rpc error: code = ResourceExhausted desc = etcdserver: mvcc: database space exceeded"',
    ),
    cause: /has reached its quota/,
    proof: /database space exceeded/,
  },
  {
    name: 'etcd-damaged',
    role: CP,
    sections: crashed(
      'etcd',
      CP,
      '{"level":"fatal","ts":"2026-11-24T06:29:56.082332Z","caller":"etcdmain/etcd.go:204","msg":"discovery failed","error":"walpb: crc mismatch"}',
    ),
    cause: /data is damaged/,
    proof: /crc mismatch/,
  },
  {
    name: 'etcd-access',
    role: CP,
    sections: crashed(
      'etcd',
      CP,
      '{"level":"fatal","ts":"2026-11-24T06:29:56.082332Z","caller":"etcdmain/etcd.go:204","msg":"discovery failed","error":"cannot access data directory: open /var/lib/etcd/.touch: permission denied"}',
    ),
    cause: /does not have permission to write to its data folder/,
    proof: /permission denied/,
  },
  {
    name: 'etcd-slow-disk',
    role: CP,
    sections: crashed(
      'etcd',
      CP,
      '{"level":"warn","ts":"2026-11-24T06:29:56.082332Z","caller":"wal/wal.go:846","msg":"slow fdatasync","took":"2.1s","expected-duration":"1s"}',
    ),
    cause: /too slow for etcd/,
    proof: /slow fdatasync/,
  },
  {
    name: 'component-stops',
    role: CP,
    sections: crashed(
      'kube-scheduler',
      CP,
      'E1124 06:41:12.301245       1 run.go:72] "command failed" err="something nobody has met before"',
    ),
    cause: /kube-scheduler keeps stopping \(started 4 times\)/,
    proof: /nobody has met before/,
  },
]
