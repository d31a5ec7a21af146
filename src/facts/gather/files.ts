import type {FileFacts, Facts} from '../../domain/facts.ts'
import * as paths from '../../domain/paths.ts'
import {CHANGED_FILES, WRITTEN_FILES, WRITTEN_FOLDERS} from '../../domain/written-paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {linesOf, wholeNumber, type Section} from '../section.ts'

const KNOWN = [
  ...CHANGED_FILES,
  ...WRITTEN_FILES,
  ...WRITTEN_FOLDERS,
  ...['/etc/resolv.conf', '/swap.img', '/swapfile'],
  ...[paths.KUBELET_CLIENT_PEM, '/var/lib/kubelet/pki', '/etc/default/kubelet'],
  ...['/usr/lib/systemd/system/kubelet.service', '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf'],
]

const FIXED = [...new Set<string>(KNOWN)]

const FOLDERS = [
  ...['/var/lib/kubelet/pki/', '/etc/netplan/', '/opt/cni/bin/'],
  ...['/etc/modules-load.d/', '/etc/sysctl.d/', '/etc/containerd/conf.d/', '/etc/containerd/certs.d/'],
  ...['/etc/systemd/system/containerd.service.d/', '/etc/systemd/system/kubelet.service.d/'],
  ...['/etc/apt/sources.list.d/', '/etc/apt/apt.conf.d/', '/var/lib/kadm/releases/'],
]
/** Hidden files there count too, since they may be your data. */
const WHOLE_FOLDERS = ['/etc/kubernetes/manifests/', '/etc/cni/net.d/']

/** Names go by a pipe and not by a list of the shell, which would take minutes for a folder with ten thousand files. */
const script = sh`{
for path in ${FIXED} "$@"; do
  [ -e "$path" ] || [ -L "$path" ] && printf '%s\0' "$path"
done
find "$pki_dir/" "$pki_dir/etcd/" ${FOLDERS} -mindepth 1 -maxdepth 1 ! -name '.*' -print0
find "$etcd_dir/" ${WHOLE_FOLDERS} -mindepth 1 -maxdepth 1 -print0
} | timeout 60 xargs -0 -r sh -c 'stat -c "stat|%F|%a|%U|%s|%n" -- "$@"
find "$@" -maxdepth 0 -type f -size -1025k -exec sha256sum -- {} +' sh`

/** Types, modes and hashes; never content. */
export const filesSection: Section<Facts['files']> = {
  name: 'files',
  script,
  parse(text) {
    const lines = linesOf(text)
    const hashes = new Map(
      lines.flatMap(line => {
        const match = /^([0-9a-f]{64}) [ *](.*)$/.exec(line)
        return match?.[1] === undefined || match[2] === undefined ? [] : [[match[2], match[1]] as const]
      }),
    )
    const entries = lines.flatMap((line): (readonly [string, FileFacts])[] => {
      const [mark, type = '', mode = '', owner = '', size, ...name] = line.split('|')
      if (mark !== 'stat') return []
      const path = name.join('|')
      return [
        [
          path,
          {
            type: typeOf(type),
            mode: mode.padStart(4, '0'),
            owner,
            size: wholeNumber(size),
            sha256: hashes.get(path),
          },
        ],
      ]
    })
    return Object.fromEntries(entries)
  },
}

function typeOf(word: string): FileFacts['type'] {
  if (word === 'regular file' || word === 'regular empty file') return 'file'
  if (word === 'directory') return 'directory'
  return word === 'symbolic link' ? 'symlink' : 'other'
}
