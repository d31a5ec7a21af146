import type {SharedFacts} from '../../domain/shared-facts.ts'
import {CHANGED_FILES, WRITTEN_FILES, WRITTEN_FOLDERS} from '../../domain/written-paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {linesOf, type Section} from '../section.ts'

/** `chattr +i` and `+a` hold against root too, and a file that is a mount of its own cannot be replaced. */
export const fixedSection: Section<SharedFacts['fixed']> = {
  name: 'fixed',
  script: sh`set -- ${[...CHANGED_FILES, ...WRITTEN_FILES, ...WRITTEN_FOLDERS]} /etc /var/lib /etc/cloud/cloud.cfg.d /etc/netplan /etc/apt/sources.list.d /usr/bin/kubelet /usr/bin/kubectl /usr/bin/kubeadm /usr/local/bin/containerd /usr/local/bin/runc
for path do
  [ -e "$path" ] && { [ ! -L "$path" ] || path=$(readlink -f -- "$path"); } && printf '%s\n' "$path"
done | sort -u | {
  set --
  while read -r path; do set -- "$@" "$path"; done
  [ $# -eq 0 ] || timeout 5 lsattr -d -- "$@"
}
awk -v names=${` ${[...CHANGED_FILES, ...WRITTEN_FILES].join(' ')} `} 'index(names, " " $2 " ") {print "mount", $2}' /proc/mounts`,
  parse: text =>
    linesOf(text).flatMap((line): SharedFacts['fixed'] => {
      const [, flags = '', path = ''] = /^(\S+)\s+(\/.*)$/.exec(line) ?? []
      if (flags === 'mount') return [{path, by: 'mount'}]
      if (!/^[-a-zA-Z]+$/.test(flags) || path === '') return []
      if (flags.includes('i')) return [{path, by: 'immutable'}]
      return flags.includes('a') ? [{path, by: 'append-only'}] : []
    }),
}
