import type {Facts} from '../../domain/facts.ts'
import * as paths from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {keyed, linesOf, wholeNumber, wordsOf, type Section} from '../section.ts'

const PLACES = [
  ...['/', '/var/lib', paths.KUBELET_DIR, '/var/lib/containerd', paths.ETCD_DATA_DIR, paths.KADM_DIR],
  ...['/etc', paths.KUBERNETES_DIR, '/etc/systemd/system', paths.CNI_CONF_DIR, paths.CNI_BIN_DIR],
  ...['/usr/bin', '/usr/local/bin', '/run', '/var/log'],
]

/** A place that does not exist yet is measured where it would be made; one on a mount that hangs is left out. */
export const disksSection: Section<Facts['disks']> = {
  name: 'disks',
  script: sh`for place in ${PLACES}; do
  at=$place
  while [ -n "$at" ] && [ ! -d "$at" ]; do at=$(dirname "$at"); done
  line=$(timeout 3 df -k --output=avail,size,iavail,itotal,target "$at" | tail -n 1)
  set -- $line
  [ $# -ge 5 ] && echo "$place $*"
done | awk 'BEGIN {while ((getline line < "/proc/mounts") > 0) {split(line, part, " "); options[part[2]] = part[4]}} {print $1, $2, $3, $4, $5, options[$6]}'`,
  parse: text =>
    linesOf(text).flatMap(line => {
      const [path, free, total, freeInodes, totalInodes, options = ''] = wordsOf(line)
      if (path === undefined) return []
      const inodes = {free: wholeNumber(freeInodes), total: wholeNumber(totalInodes)}
      return [
        {
          path,
          freeBytes: wholeNumber(free) * 1024,
          totalBytes: wholeNumber(total) * 1024,
          readOnly: options.split(',').includes('ro'),
          inodes: inodes.total === 0 ? undefined : inodes,
        },
      ]
    }),
}

/** Five synced writes of 4 KiB where etcd's log will be; the only thing the script writes, and it is removed at once. */
export const fsyncSection: Section<number | undefined> = {
  name: 'fsync',
  script: sh`at=/var/lib
grep -q ' '${paths.ETCD_DATA_DIR}' ' /proc/mounts && at=${paths.ETCD_DATA_DIR}
probe=$(mktemp "$at/.kadm-probe.XXXXXX") || exit 0
trap '' PIPE
trap 'rm -f "$probe"' EXIT
trap 'exit 143' HUP INT TERM
for turn in 1 2 3 4 5; do
  timeout 5 dd if=/dev/zero of="$probe" bs=4k count=1 conv=fsync,notrunc 2>&1 | grep copied
done`,
  parse(text) {
    const times = linesOf(text)
      .map(line => Number(/, ([0-9.e-]+) s,/.exec(line)?.[1]) * 1000)
      .filter(ms => !Number.isNaN(ms))
      .sort((a, b) => a - b)
    const middle = times[Math.floor(times.length / 2)]
    return middle === undefined ? undefined : Math.round(middle * 100) / 100
  },
}

/** Folders that kubeadm mounts into the API server when they exist (kubeadm.md 3.7). */
const CA_DIRS = [
  '/etc/pki/ca-trust',
  '/etc/pki/tls/certs',
  '/etc/ca-certificates',
  '/usr/share/ca-certificates',
  '/usr/local/share/ca-certificates',
]

export const caDirsSection: Section<readonly string[]> = {
  name: 'ca-dirs',
  script: sh`for folder in ${CA_DIRS}; do [ -d "$folder" ] && echo "$folder"; done`,
  parse: linesOf,
}

interface Tracks {
  /** `seen` is the last sign of life of the holder, in seconds since the epoch by the host's clock. */
  readonly lease: {readonly holder: string; readonly seen: number} | undefined
  readonly ledgerEntries: number
}

/** What an earlier or a present run of kadm left: see the lease and the ledger in docs/design.md. */
export const tracksSection: Section<Tracks> = {
  name: 'tracks',
  script: sh`set -- ${paths.LEDGER_DIR}/*
[ -e "$1" ] && echo "ledger $#" || echo 'ledger 0'
[ -s ${paths.LEASE_FILE} ] && sed -n '1s/^/holder /p' ${paths.LEASE_FILE} && stat -c 'seen %Y' ${paths.LEASE_FILE}`,
  parse(text) {
    const {ledger, holder = '', seen} = keyed(text)
    return {
      ledgerEntries: wholeNumber(ledger),
      lease: holder === '' || seen === undefined ? undefined : {holder, seen: wholeNumber(seen)},
    }
  },
}
