import {PORTS} from '../../domain/ports.ts'
import type {ContainerEvidence, Evidence} from '../../domain/evidence.ts'
import type {Rule} from '../diagnosis.ts'
import {backAgain} from './file-rules.ts'
import {CONTROL_PLANE, containerLines, crashing, find, isCrashing, proofOf, type Hit} from '../log.ts'
import {AGAIN, group, logRule} from '../rule.ts'

/** Rules about a program's end hold only for one that keeps ending. */
const whenCrashing = (rule: Rule): Rule => ({
  ...rule,
  judge: (evidence, what) => {
    const names = new Set<string>(CONTROL_PLANE)
    const containers = evidence.containers.filter(
      container => !names.has(container.name) || isCrashing(container, evidence.now),
    )
    return rule.judge({...evidence, containers}, what)
  },
})

const portOf = (evidence: Evidence, port: string): readonly string[] =>
  evidence.listening
    .filter(socket => String(socket.port) === port && socket.process !== '')
    .map(({process, address}) => `${process} uses port ${port} (at ${address})`)

/** The socket table names programs by at most 15 letters. */
const heldByItself = (program: string, port: string, {listening}: Evidence): boolean =>
  listening.some(socket => String(socket.port) === port && socket.process === program.slice(0, 15))

const port = whenCrashing(
  logRule({
    name: 'port-in-use',
    sources: ['kubelet', ...CONTROL_PLANE],
    pattern: /listen tcp6? \S*:(\d+): bind: address already in use/,
    cause: hit => `${hit.source} cannot start, because another program has its port ${group(hit, 1)}`,
    holds: (hit, evidence) => !heldByItself(hit.source, group(hit, 1), evidence),
    also: (hit, evidence) => portOf(evidence, group(hit, 1)),
    fix: hit =>
      `stop the other program (\`sudo ss -ltnp 'sport = :${group(hit, 1)}'\` names it); \`kadm reset\` removes a program of an older cluster`,
  }),
)

const file = whenCrashing(
  logRule({
    name: 'component-file',
    sources: CONTROL_PLANE,
    pattern:
      /(?:open|stat|read) (\/etc\/kubernetes\/[^:"\s]+): (no such file or directory|permission denied)|private key does not match public key|failed to find any PEM data|unable to load (?:client CA|server certificate)/,
    cause: hit =>
      group(hit, 1) === ''
        ? `${hit.source} cannot use its certificate or key`
        : `${hit.source} cannot read ${group(hit, 1)} (${group(hit, 2)})`,
    fix: hit =>
      group(hit, 2) === 'no such file or directory'
        ? backAgain(group(hit, 1))
        : `${AGAIN}: it checks every certificate and key, and replaces those that are missing or invalid`,
  }),
)

const ETCD_CAUSES = [
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

const unhealthy: Rule = {
  name: 'api-unhealthy',
  follows: [...ETCD_CAUSES, 'etcd-unreachable', 'component-stops', 'etcd-slow-disk'],
  judge: ({notReady}) => {
    if (notReady.length === 0) return undefined
    return {
      cause: `the API server reports that it is not ready: ${notReady.join(', ')}${notReady.includes('etcd') ? ' (it cannot reach etcd)' : ''}`,
      certainty: 'likely',
      proof: notReady.slice(0, 3).map(check => `/readyz: ${check} failed`),
      fix: `see all checks: \`sudo kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw '/readyz?verbose'\`${notReady.includes('etcd') ? '; then see why etcd does not answer: `sudo sh -c "tail -n 20 /var/log/containers/etcd-*.log"`' : ''}`,
    }
  },
}

const LET_GO = /context canceled|leader ?election lost|[Ff]ailed to renew lease|termination signal|[Ss]hutting down/
const BACK_SECONDS = 60

/** Ended in order, or for want of an API that answers again: its kubelet starts it within the minute. */
const comesBack = (container: ContainerEvidence, {api, notReady, now}: Evidence): boolean => {
  const last = containerLines(container, now).slice(-3)
  return (
    api?.answered === true &&
    notReady.length === 0 &&
    last.some(({text, at}) => at >= now - BACK_SECONDS && LET_GO.test(text))
  )
}

const LOST_API =
  /connection refused|i\/o timeout|no route to host|context deadline exceeded|leader ?election lost|[Ff]ailed to renew lease/

/** Controllers end when they lose the API, which is another's trouble. */
const lacksApi = (container: ContainerEvidence, {api, now}: Evidence): boolean =>
  ['kube-controller-manager', 'kube-scheduler'].includes(container.name) &&
  api?.answered === false &&
  containerLines(container, now)
    .slice(-5)
    .some(({text}) => LOST_API.test(text))

/** A component ends again and again, and no rule knows why: its own last words. */
export const COMPONENT_LAST_WORDS: Rule = {
  name: 'component-stops',
  follows: [
    ...ETCD_CAUSES,
    'etcd-unreachable',
    'unit-masked',
    'image-pull',
    'sandbox-image',
    'containerd-down',
    'cgroup-driver',
    'clock',
    'certificate-expired',
    'etcd-slow-disk',
    'out-of-memory',
  ],
  judge: evidence => {
    const down = crashing(evidence, CONTROL_PLANE).filter(
      container => !comesBack(container, evidence) && !lacksApi(container, evidence),
    )
    // All others wait for etcd, and then for the API server.
    const first = down.find(({name}) => name === 'etcd') ?? down[0]
    if (first === undefined) return undefined
    const all = containerLines(first, evidence.now)
    const words = all.filter(({text}) => /^[EF]\d{4} |"level":"(?:error|fatal|panic)"|^Error: |panic|fatal/i.test(text))
    const last = (words.length > 0 ? words : all).slice(-2).map(line => ({source: first.name, line, groups: []}))
    return {
      cause: `${first.name} ${first.attempt > 0 ? `keeps stopping (started ${String(first.attempt + 1)} times)` : 'has stopped'}`,
      certainty: 'likely',
      proof: proofOf(last),
      fix: `see the last lines of its log above; for the whole log: \`sudo sh -c "tail -n 50 /var/log/pods/${first.namespace}_${first.pod}_*/${first.name}/*.log"\``,
    }
  },
}

/** Why a static pod of the control plane ends. */
export const CONTROL_PLANE_RULES: readonly Rule[] = [
  etcdCluster,
  etcdMember,
  etcdSpace,
  etcdDamaged,
  etcdAccess,
  port,
  file,
  etcdSlow,
  etcdUnreachable,
  unhealthy,
]
