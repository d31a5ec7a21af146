import {PORTS} from '../../domain/ports.ts'
import type {Rule} from '../diagnosis.ts'
import {crashing, find, proofOf, type Hit} from '../log.ts'
import {group, logRule} from '../rule.ts'
import {whenCrashing} from './when-crashing.ts'

/** Why an etcd does not work that the API server cannot reach. */
export const ETCD_CAUSES = [
  'manifest-missing',
  'etcd-certificate',
  'certificate-authority',
  'etcd-access',
  'etcd-cluster',
  'etcd-space',
  'etcd-damaged',
  'etcd-member',
  'disk-full',
  'port-in-use',
  'component-flag',
  'component-file',
  'read-only-disk',
  'file-changed',
] as const

const etcdUnreachable = whenCrashing(
  logRule({
    name: 'etcd-unreachable',
    follows: ETCD_CAUSES,
    sources: ['kube-apiserver'],
    pattern:
      /dial tcp (\S+:2379): (?:connect: )?(connection refused|i\/o timeout|no route to host)|context deadline exceeded.*(?:etcd|storage)|(?:etcd|storage).*context deadline exceeded/i,
    certainty: 'likely',
    cause: hit => `the API server cannot reach etcd${group(hit, 1) === '' ? '' : ` at ${group(hit, 1)}`}`,
    also: (_, {listening}) => [
      listening.some(({port: number}) => number === PORTS.etcdClient)
        ? 'something listens on 2379'
        : 'nothing listens on 2379',
    ],
    fix: () =>
      'see why etcd does not run: `sudo sh -c "tail -n 20 /var/log/containers/etcd-*.log"`; then run kadm again',
  }),
)

const etcdCluster = logRule({
  name: 'etcd-cluster',
  sources: ['etcd'],
  pattern:
    /cluster[ -]ID mismatch|cluster-id-mismatch|member \S+ has already been bootstrapped|member count is unequal|error validating peerURLs/i,
  cause: () => "etcd's data on this host belongs to another cluster",
  fix: () =>
    'to start with an empty cluster, run `kadm reset`, which deletes /var/lib/etcd, then create the cluster again; if this may be the only copy of the data, back it up first: `sudo cp -a /var/lib/etcd /root/etcd-backup`',
})

const etcdMember = logRule({
  name: 'etcd-member',
  sources: ['etcd'],
  pattern: /the member has been permanently removed from the cluster|data-dir used by this member must be removed/,
  cause: () => 'this etcd member was removed from its cluster',
  fix: () => 'run `kadm reset` for this host, then join it again as a control plane',
})

const etcdSpace = logRule({
  name: 'etcd-space',
  sources: ['etcd', 'kube-apiserver'],
  pattern: /mvcc: database space exceeded|etcdserver: no space|alarm:? ?NOSPACE/,
  cause: () => "etcd's database has reached its quota and accepts no more writes",
  fix: (_, {hostname}) => {
    const etcdctl = `sudo kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system exec etcd-${hostname.toLowerCase()} -- etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key`
    return `free the space of deleted entries, then clear the alarm: \`${etcdctl} defrag\`, \`${etcdctl} alarm disarm\`; if the alarm returns, increase quota-backend-bytes in the extra arguments of etcd in your file`
  },
})

const etcdDamaged = whenCrashing(
  logRule({
    name: 'etcd-damaged',
    follows: ['disk-full', 'etcd-cluster'],
    sources: ['etcd'],
    pattern:
      /crc mismatch|file corrupt|snap: empty snapshot|failed to recover v3 backend|invalid database|tocommit\(\d+\) is out of range/,
    cause: () => "etcd's data is damaged (a power cut, a full disk)",
    fix: () =>
      'restore /var/lib/etcd from a snapshot (etcdutl snapshot restore); keep the damaged data: `sudo cp -a /var/lib/etcd /root/etcd-damaged`; in a cluster of several, remove this member and add it again',
  }),
)

const etcdAccess = whenCrashing(
  logRule({
    name: 'etcd-access',
    sources: ['etcd'],
    follows: ['read-only-disk', 'disk-full'],
    pattern: /cannot access data directory: (.*)|open \/var\/lib\/etcd\S*: (permission denied)/,
    cause: () => 'etcd does not have permission to write to its data folder',
    fix: () =>
      '`sudo chown -R root:root /var/lib/etcd && sudo chmod 700 /var/lib/etcd`, and check that its disk is mounted read-write',
  }),
)

const SLOW =
  /apply request took too long|slow fdatasync|leader failed to send out heartbeat on time|leader is overloaded likely from slow disk/
/** A few are normal while images are loaded and pods start, or while the computer under a VM is busy. */
const MANY_SLOW = 40
const MANY_SYNCS = 10

const etcdSlow: Rule = {
  name: 'etcd-slow-disk',
  judge: evidence => {
    const count = (found: readonly Hit[]): number => found.reduce((sum, {line}) => sum + line.count, 0)
    const hits = find(evidence, ['etcd'], SLOW)
    const syncs = hits.filter(({line}) => /slow fdatasync|overloaded likely from slow disk/.test(line.text))
    // An etcd that is slow and does its work causes nothing.
    const suffers =
      crashing(evidence, ['etcd', 'kube-apiserver']).length > 0 ||
      evidence.notReady.length > 0 ||
      evidence.api?.answered !== true
    const isMuch = count(hits) >= MANY_SLOW || count(syncs) > 0
    if (!(suffers ? isMuch : count(syncs) >= MANY_SYNCS)) return undefined
    return {
      cause: 'the disk is too slow for etcd: writes are delayed, leaders change and requests time out',
      certainty: syncs.length > 0 && suffers ? 'likely' : 'possible',
      proof: [...proofOf(syncs.length > 0 ? syncs : hits), `${String(count(hits))} such lines in the last minute`],
      fix: 'move /var/lib/etcd to a dedicated local SSD; on shared storage, give the machine more guaranteed I/O',
    }
  },
}

/** Why etcd does not run, or does its work badly. */
export const ETCD_RULES: readonly Rule[] = [
  etcdCluster,
  etcdMember,
  etcdSpace,
  etcdDamaged,
  etcdAccess,
  etcdSlow,
  etcdUnreachable,
]
