import type {DiskEvidence, Evidence, UnitEvidence} from '../../domain/evidence.ts'
import * as paths from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {assigned, keyed, linesOf, wholeNumber, wordsOf, type Section} from '../section.ts'

type UnitState = Omit<UnitEvidence, 'lines'>

const UNIT_PROPERTIES = [
  ...['Id', 'LoadState', 'UnitFileState', 'ActiveState', 'SubState', 'Result', 'ExecMainStatus', 'NRestarts'],
  'ExecMainStartTimestampMonotonic',
].flatMap(name => ['-p', name])

/** The clock of the boot tells how long a unit has run: a wall clock may just have been set. */
export const unitStatesSection: Section<(unit: string, now: number) => UnitState> = {
  name: 'unit-states',
  script: sh`echo "Id=uptime"
echo "seconds=$(cut -d' ' -f1 /proc/uptime)"
echo "now=$(date +%s.%N)"
echo
kadm_within systemctl show ${UNIT_PROPERTIES} kubelet.service containerd.service`,
  parse(text) {
    const blocks = text.split('\n\n').map(assigned)
    const boot = blocks.find(block => block['Id'] === 'uptime')
    const uptime = Number(boot?.['seconds'])
    return (unit, now) => {
      const block = blocks.find(({Id}) => Id === unit) ?? {}
      const exists = block['LoadState'] !== undefined && block['LoadState'] !== 'not-found'
      const started = wholeNumber(block['ExecMainStartTimestampMonotonic']) / 1_000_000
      return {
        masked: block['LoadState'] === 'masked',
        fileState: block['UnitFileState'] ?? '',
        active: exists ? (block['ActiveState'] ?? '') : '',
        sub: block['SubState'] ?? '',
        result: block['Result'] ?? '',
        exitStatus: wholeNumber(block['ExecMainStatus']),
        restarts: wholeNumber(block['NRestarts']),
        runningSeconds: block['SubState'] === 'running' && started > 0 ? Math.max(0, uptime - started) : undefined,
        startedAt: started > 0 ? Number(boot?.['now'] ?? now) - (uptime - started) : undefined,
      }
    }
  },
}

const PLACES = ['/', '/var/lib', paths.KUBELET_DIR, '/var/lib/containerd', paths.ETCD_DATA_DIR, '/var/log']

/** Measures the closest existing folder when a path does not exist yet; reports each file system once. */
export const roomSection: Section<readonly DiskEvidence[]> = {
  name: 'room',
  script: sh`told=' '
for place in ${PLACES}; do
  [ -d "$place" ] || continue
  blocks=$(kadm_within df -Pk "$place" | tail -n 1)
  mount=$(echo "$blocks" | awk '{print $6}')
  case $told in *" $mount "*) continue;; esac
  told="$told$mount "
  inodes=$(kadm_within df -Pi "$place" | tail -n 1)
  echo "$place $(echo "$blocks" | awk '{print $4, $2}') $(echo "$inodes" | awk '{print $4, $2}') $(awk -v at="$mount" '$2 == at {found = substr($4, 1, 2)} END {print found}' /proc/mounts)"
done`,
  parse: text =>
    linesOf(text).flatMap(line => {
      const [path, free, total, freeInodes, totalInodes, options = ''] = wordsOf(line)
      if (path === undefined) return []
      const counted = wholeNumber(totalInodes) > 0
      return [
        {
          path,
          freeBytes: wholeNumber(free) * 1024,
          totalBytes: wholeNumber(total) * 1024,
          freeInodes: counted ? wholeNumber(freeInodes) : undefined,
          totalInodes: counted ? wholeNumber(totalInodes) : undefined,
          readOnly: options === 'ro',
        },
      ]
    }),
}

export const memorySection: Section<Pick<Evidence, 'memory' | 'swaps'>> = {
  name: 'memory',
  script: sh`awk '$1 == "MemTotal:" {print "total", $2} $1 == "MemAvailable:" {print "available", $2}' /proc/meminfo
tail -n +2 /proc/swaps | sed 's/^/swap /'`,
  parse(text) {
    const entries = keyed(text)
    return {
      memory: {
        totalBytes: wholeNumber(entries['total']) * 1024,
        availableBytes: wholeNumber(entries['available']) * 1024,
      },
      swaps: linesOf(text).flatMap(line => (line.startsWith('swap ') ? (wordsOf(line)[1] ?? []) : [])),
    }
  },
}

/** Counted for root alone: the kernel's limit is for each user. */
export const inotifySection: Section<number | undefined> = {
  name: 'inotify',
  script: sh`echo "open $(kadm_within find /proc/[0-9]*/fd -lname 'anon_inode:inotify' -user 0 | wc -l)"`,
  parse(text) {
    const open = wholeNumber(keyed(text)['open'])
    return open === 0 ? undefined : open
  },
}
