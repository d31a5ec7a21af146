import {inspect} from '../../certs/inspect.ts'
import type {CertificateEvidence, DiskEvidence, Evidence, UnitEvidence} from '../../domain/evidence.ts'
import * as paths from '../../domain/paths.ts'
import {sh} from '../../remote/shell.ts'
import {assigned, given, keyed, linesOf, wholeNumber, wordsOf, type Section} from './section.ts'

type UnitState = Omit<UnitEvidence, 'lines'>

const UNIT_PROPERTIES = [
  ...['Id', 'LoadState', 'ActiveState', 'SubState', 'Result', 'ExecMainStatus', 'NRestarts'],
  'ExecMainStartTimestampMonotonic',
].flatMap(name => ['-p', name])

/** The clock of the boot tells how long a unit has run: a wall clock may just have been set. */
export const unitStatesSection: Section<(unit: string) => UnitState> = {
  name: 'unit-states',
  script: sh`echo "Id=uptime"
echo "seconds=$(cut -d' ' -f1 /proc/uptime)"
echo
kadm_within systemctl show ${UNIT_PROPERTIES} kubelet.service containerd.service`,
  parse(text) {
    const blocks = text.split('\n\n').map(assigned)
    const uptime = Number(blocks.find(block => block['Id'] === 'uptime')?.['seconds'])
    return unit => {
      const block = blocks.find(({Id}) => Id === unit) ?? {}
      const exists = block['LoadState'] !== undefined && block['LoadState'] !== 'not-found'
      const started = wholeNumber(block['ExecMainStartTimestampMonotonic']) / 1_000_000
      return {
        active: exists ? (block['ActiveState'] ?? '') : '',
        sub: block['SubState'] ?? '',
        result: block['Result'] ?? '',
        exitStatus: wholeNumber(block['ExecMainStatus']),
        restarts: wholeNumber(block['NRestarts']),
        runningSeconds: block['SubState'] === 'running' && started > 0 ? Math.max(0, uptime - started) : undefined,
      }
    }
  },
}

const PLACES = ['/', '/var/lib', paths.KUBELET_DIR, '/var/lib/containerd', paths.ETCD_DATA_DIR, '/var/log']

/** A place that does not exist yet is measured where it would be made; one file system is told once. */
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

const KUBECONFIGS = [
  paths.ADMIN_CONF,
  paths.CONTROLLER_MANAGER_CONF,
  paths.SCHEDULER_CONF,
  paths.KUBELET_CONF,
  paths.BOOTSTRAP_KUBELET_CONF,
]

/** The public part only: a key's file is never opened, and of a kubeconfig nothing but the certificate leaves. */
export const certificatesSection: Section<readonly CertificateEvidence[]> = {
  name: 'certificates',
  script: sh`for file in ${paths.PKI_DIR}/*.crt ${paths.PKI_DIR}/etcd/*.crt ${paths.KUBELET_CLIENT_PEM}; do
  [ -r "$file" ] && printf '\035%s\n' "$file" && sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p;/END CERTIFICATE/q' "$file"
done
for file in ${KUBECONFIGS}; do
  data=$(sed -n 's/^ *client-certificate-data: *//p' "$file" | head -n 1 | tr -d '"')
  [ -n "$data" ] && printf '\035%s\n' "$file" && echo "$data" | base64 -d
done
:`,
  parse: text => text.split('\x1d').slice(1).flatMap(certificate),
}

function certificate(part: string): readonly CertificateEvidence[] {
  const end = part.indexOf('\n')
  try {
    const {commonName, notBefore, notAfter} = inspect(part.slice(end + 1))
    return [
      {
        path: part.slice(0, end),
        commonName,
        notBefore: notBefore.getTime() / 1000,
        notAfter: notAfter.getTime() / 1000,
      },
    ]
  } catch {
    // A file that holds no certificate explains itself in the logs of who reads it.
    return []
  }
}

/** What says how far the joining of a cluster came. */
export const joinSection: Section<Pick<Evidence, 'join' | 'manifests' | 'kubeletConfig'>> = {
  name: 'join',
  script: sh`[ -s ${paths.BOOTSTRAP_KUBELET_CONF} ] && echo 'bootstrap yes'
[ -s ${paths.KUBELET_CONF} ] && echo 'kubeconfig yes'
[ -s ${paths.KUBELET_CLIENT_PEM} ] && echo 'certificate yes'
for file in ${paths.BOOTSTRAP_KUBELET_CONF} ${paths.KUBELET_CONF}; do sed -n 's/^ *server: */server /p' "$file" | head -n 1; done
[ -s ${paths.KUBELET_CONFIG} ] && echo 'config yes'
sed -nE 's/^(cgroupDriver|resolvConf): */\1 /p' ${paths.KUBELET_CONFIG}
for file in ${paths.MANIFESTS_DIR}/*.yaml; do
  [ -e "$file" ] && echo "manifest $(basename "$file" .yaml) $(sed -n 's/^ *\(- \)\{0,1\}image: *//p' "$file" | head -n 1)"
done
:`,
  parse(text) {
    const plain = text.replaceAll(/["']/g, '')
    const entries = keyed(plain)
    return {
      join: {
        hasBootstrapKubeconfig: entries['bootstrap'] === 'yes',
        hasKubeconfig: entries['kubeconfig'] === 'yes',
        hasClientCertificate: entries['certificate'] === 'yes',
        apiServer: given(entries['server']),
      },
      kubeletConfig:
        entries['config'] === 'yes'
          ? {cgroupDriver: given(entries['cgroupDriver']), resolvConf: given(entries['resolvConf'])}
          : undefined,
      manifests: linesOf(plain).flatMap(line => {
        const [key, name, image] = wordsOf(line)
        return key === 'manifest' && name !== undefined ? [{name, image}] : []
      }),
    }
  },
}
