import type {DiskEvidence, Evidence} from '../../domain/evidence.ts'
import type {Rule} from '../diagnosis.ts'
import {CONTROL_PLANE, find, proofOf} from '../log.ts'
import {group, logRule} from '../rule.ts'

const GIB = 1024 ** 3
const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`
const EVERYBODY = ['kubelet', 'containerd', ...CONTROL_PLANE] as const

/** Reports a file system only once, even if it is mounted at several places. */
const distinct = (disks: readonly DiskEvidence[]): readonly DiskEvidence[] =>
  disks.filter(
    (disk, i) =>
      disks.findIndex(other => other.freeBytes === disk.freeBytes && other.totalBytes === disk.totalBytes) === i,
  )

const readOnly: Rule = {
  name: 'read-only-disk',
  judge: evidence => {
    const disks = evidence.disks.filter(disk => disk.readOnly)
    const hits = find(
      evidence,
      ['kernel', 'kubelet', 'containerd'],
      /[Rr]emounting filesystem read-only|: read-only file system/,
    )
    if (disks.length === 0 && !hits.some(({source}) => source !== 'kernel')) return undefined
    return {
      cause: 'a file system that the node writes to is read-only',
      certainty: 'certain',
      proof: [...disks.map(({path}) => `${path} is mounted read-only`), ...proofOf(hits)].slice(0, 3),
      fix: `see why in the kernel's log: \`sudo journalctl -k --no-pager | grep -i -E "remount|i/o error"\`; if the disk is healthy: \`sudo mount -o remount,rw ${disks[0]?.path ?? '/'}\``,
    }
  },
}

const LEAST_BYTES = 200 * 1024 ** 2
/** The kubelet's own thresholds: nodefs.available<10%, nodefs.inodesFree<5%. */
const LEAST_SHARE = 0.1
const LEAST_INODES = 0.05

const diskFull: Rule = {
  name: 'disk-full',
  judge: evidence => {
    const full = distinct(evidence.disks).filter(({freeBytes, totalBytes}) => totalBytes > 0 && freeBytes < LEAST_BYTES)
    const hits = find(evidence, EVERYBODY, /^(?!.*inotify).*no space left on device/)
    const places = full.map(({path, freeBytes, totalBytes}) => `${path}: ${gib(freeBytes)} of ${gib(totalBytes)} free`)
    if (full.length === 0 && hits.length === 0) return undefined
    return {
      cause: full[0] === undefined ? 'a disk is full' : `the disk of ${full[0].path} is full`,
      certainty: hits.length > 0 ? 'certain' : 'likely',
      proof: [...places, ...proofOf(hits)].slice(0, 3),
      fix: 'free space: `sudo journalctl --vacuum-size=100M`, and see what uses it: `sudo du -xh --max-depth=2 /var | sort -h | tail`; or enlarge the disk',
    }
  },
}

const inodesFull: Rule = {
  name: 'inodes-full',
  judge: ({disks}) => {
    const [full] = disks.filter(
      ({freeInodes, totalInodes}) =>
        freeInodes !== undefined && totalInodes !== undefined && freeInodes < totalInodes * LEAST_INODES,
    )
    if (full === undefined) return undefined
    return {
      cause: `the file system of ${full.path} has almost no inodes left: no more files can be created, even if it has free space`,
      certainty: 'likely',
      proof: [`${full.path}: ${String(full.freeInodes)} of ${String(full.totalInodes)} inodes free`],
      fix: `find the folder with very many small files and delete those that you do not need: \`sudo du --inodes -x ${full.path} | sort -n | tail\``,
    }
  },
}

/** The kubelet looks at the file systems of its own folder and of the images, wherever these are mounted. */
const watched = (disks: readonly DiskEvidence[]): readonly DiskEvidence[] => {
  const holding = (folder: string): DiskEvidence | undefined =>
    disks
      .filter(({path}) => path === '/' || folder === path || folder.startsWith(`${path}/`))
      .toSorted((a, b) => b.path.length - a.path.length)[0]
  return distinct(['/var/lib/kubelet', '/var/lib/containerd'].flatMap(folder => holding(folder) ?? []))
}

const diskPressure: Rule = {
  name: 'disk-pressure',
  follows: ['disk-full'],
  judge: evidence => {
    const [low] = watched(evidence.disks).filter(({freeBytes, totalBytes}) => freeBytes < totalBytes * LEAST_SHARE)
    const hits = find(
      evidence,
      ['kubelet'],
      /attempting to reclaim.*(ephemeral-storage|inodes)|must evict pod\(s\) to reclaim.*(ephemeral-storage|inodes)/,
    )
    if (low === undefined || evidence.kubelet.active === '') return undefined
    return {
      cause: `less than 10 % of the disk of ${low.path} is free: the kubelet then accepts no new pods and evicts others`,
      certainty: hits.length > 0 ? 'certain' : 'possible',
      proof: [`${low.path}: ${gib(low.freeBytes)} of ${gib(low.totalBytes)} free`, ...proofOf(hits)],
      fix: 'free space or enlarge the disk until more than 10 % is free',
    }
  },
}

/** Memory is there again, and whoever was ended has long been started again. */
const isOver = ({now, memory}: Evidence, at: number): boolean =>
  now - at > 60 && memory.availableBytes > memory.totalBytes * 0.1

const outOfMemory: Rule = {
  name: 'out-of-memory',
  judge: evidence => {
    const hits = find(
      evidence,
      ['kernel'],
      /(?:Out of memory|Memory cgroup out of memory): Killed process \d+ \(((?:etcd|kubelet|containerd|kube-)[^)]*)\)/,
    )
    const [newest] = hits
    const {totalBytes, availableBytes} = evidence.memory
    if (newest === undefined || isOver(evidence, newest.line.at)) return undefined
    return {
      cause: `the kernel killed ${group(newest, 1)}, because the host ran out of memory`,
      certainty: evidence.isContainer ? 'likely' : 'certain',
      proof: [...proofOf(hits), `${gib(availableBytes)} of ${gib(totalBytes)} memory available`],
      fix: 'give the machine more memory (a control plane needs 2 GiB), or stop other programs',
    }
  },
}

const limits = ({sysctls, inotifyInUse}: Evidence): readonly string[] => [
  `fs.inotify.max_user_instances = ${sysctls['fs.inotify.max_user_instances'] ?? 'unknown'}${inotifyInUse === undefined ? '' : `, root has ${String(inotifyInUse)} open on this host`}`,
]

const inotify = logRule({
  name: 'inotify-instances',
  sources: [...EVERYBODY, 'kube-proxy', 'coredns', 'kube-flannel'],
  pattern: /(?:inotify|fsnotify|watcher|watch).*too many open files|too many open files.*(?:inotify|fsnotify|watch)/i,
  cause: () => 'root has reached the limit of file watchers (inotify instances)',
  also: (_, evidence) => limits(evidence),
  fix: (_, {isContainer}) =>
    `\`sudo sysctl -w fs.inotify.max_user_instances=8192\`, and the same line in /etc/sysctl.d/ so that it stays${isContainer ? '; this is a container, so on the machine around it' : ''}`,
})

const inotifyWatches = logRule({
  name: 'inotify-watches',
  sources: EVERYBODY,
  pattern: /inotify.*no space left on device/,
  cause: () => 'the limit of watched files (inotify watches) is reached; the disk itself is not full',
  also: (_, {sysctls}) => [`fs.inotify.max_user_watches = ${sysctls['fs.inotify.max_user_watches'] ?? 'unknown'}`],
  fix: () =>
    '`sudo sysctl -w fs.inotify.max_user_watches=524288`, and the same line in /etc/sysctl.d/ so that it stays',
})

const openFiles = logRule({
  name: 'open-files',
  follows: ['inotify-instances'],
  sources: EVERYBODY,
  pattern: /too many open files/,
  certainty: 'likely',
  cause: () => 'too many files are open: of a process, of the whole machine, or of file watchers',
  also: (_, evidence) => limits(evidence),
  fix: () =>
    '`sudo sysctl -w fs.inotify.max_user_instances=8192` first; if that does not help, increase LimitNOFILE of the unit in the line above',
})

const MOST_SKEW_SECONDS = 60

const clock: Rule = {
  name: 'clock',
  judge: (evidence, {now}) => {
    const hits = find(
      evidence,
      [...EVERYBODY, 'kube-proxy', 'kube-flannel'],
      /certificate has expired or is not yet valid: current time (\S+) is before (\S+?)"*(?:\s|$)/,
    )
    const skew = now === undefined ? 0 : Math.round(evidence.now - now)
    if (hits.length === 0 && Math.abs(skew) <= MOST_SKEW_SECONDS) return undefined
    const offset =
      Math.abs(skew) <= MOST_SKEW_SECONDS
        ? []
        : [`clock of the host: ${String(Math.abs(skew))} s ${skew < 0 ? 'behind' : 'ahead of'} this computer's`]
    return {
      cause:
        hits.length > 0
          ? 'a certificate is not valid yet according to the clock of this host: the clocks of the machines differ'
          : "the host's clock is wrong",
      certainty: hits.length > 0 ? 'certain' : 'likely',
      proof: [...proofOf(hits), ...offset],
      fix: 'synchronize the clock: `sudo timedatectl set-ntp true`, with a time server that the machine can reach',
    }
  },
}

/** Causes in the machine itself: they come before all others, which are often only their consequences. */
export const HOST_RULES: readonly Rule[] = [
  readOnly,
  diskFull,
  inodesFull,
  diskPressure,
  outOfMemory,
  inotify,
  inotifyWatches,
  openFiles,
  clock,
]
