import {CHANGED_FILES, WRITTEN_FILES, WRITTEN_FOLDERS} from '../../../domain/written-paths.ts'
import type {Finding} from '../finding.ts'
import {error, warning, type HostCheck, type HostView} from '../input.ts'
import {remounted} from './storage-checks.ts'

/** The system files that kadm changes on this host. */
function isToChange({facts, node, isMember}: HostView, path: string, keepsSwap: boolean): boolean {
  if (path === '/etc/fstab') return !keepsSwap && facts.swap.some(({kind}) => kind === 'fstab')
  if (path === '/etc/hostname') return node.host.name !== undefined && facts.hostname !== node.host.name
  return path !== '/etc/hosts' || !isMember
}

/** Even root cannot change these, so kadm would stop in the middle of a run. */
export const immutableCheck: HostCheck = (view, {cluster}) =>
  view.facts.shared.fixed
    .filter(({path}) => isToChange(view, path, cluster.swap === 'keep'))
    .map(({path, by}): Finding => {
      const told = view.isMember ? warning : error
      if (by === 'mount') {
        const message = `${path} is a mount point, so kadm cannot replace it`
        return told('ImmutableFile', view, message, `unmount it: sudo umount ${path}`)
      }
      const [flag, what] = by === 'immutable' ? ['i', 'immutable'] : ['a', 'append-only']
      const message = `${path} is ${what} (lsattr shows '${flag}'), so kadm cannot change it`
      return told('ImmutableFile', view, message, `make it changeable: sudo chattr -${flag} ${path}`)
    })

/** Another kind of file may be your data, so kadm does not replace it. */
export const pathTypeCheck: HostCheck = view => {
  const {facts} = view
  const wrong = (path: string, right: readonly string[], wanted: string): readonly Finding[] => {
    const type = facts.files[path]?.type
    if (type === undefined || right.includes(type)) return []
    const what = {file: 'a file', directory: 'a folder', symlink: 'a symbolic link', other: 'a device or socket'}[type]
    const unit = /^\/etc\/systemd\/system\/(\w+\.service)$/.exec(path)?.[1]
    if (unit !== undefined && facts.units[unit]?.enabled === 'masked') {
      return [
        error(
          'PathType',
          view,
          `${unit} is masked, so nothing can start it`,
          `unmask it: sudo systemctl unmask ${unit}`,
        ),
      ]
    }
    const remedy = `check what ${path} is for, and move it away if you do not need it: sudo mv ${path} ${path}.old`
    return [error('PathType', view, `${path} is ${what}, where kadm writes ${wanted}`, remedy)]
  }
  return [
    ...WRITTEN_FILES.flatMap(path => wrong(path, isReplaced(path) ? ['file', 'symlink'] : ['file'], 'a file')),
    ...CHANGED_FILES.flatMap(path => wrong(path, ['file', 'symlink'], 'a file')),
    ...WRITTEN_FOLDERS.flatMap(path => wrong(path, ['directory', 'symlink'], 'into a folder')),
  ]
}

/** These replace the file of the same name, also a link. */
const isReplaced = (path: string): boolean => path.startsWith('/etc/kubernetes/') && path.endsWith('.conf')

/** Lines between two marks belong to kadm; if one mark is missing, kadm cannot distinguish them from yours. */
export const blockCheck: HostCheck = view =>
  Object.entries(view.facts.shared.blocks)
    .filter(([, {begins, ends}]) => begins !== ends || begins > 1)
    .map(([name, {begins, ends}]) =>
      error(
        'HostsFile',
        view,
        `/etc/hosts has ${begins} lines '# kadm begin ${name}' and ${ends} lines '# kadm end ${name}'`,
        `remove the lines of kadm by hand, from '# kadm begin ${name}' to '# kadm end ${name}'`,
      ),
    )

/** Paths where kadm writes, besides those whose free space is checked. */
export const readOnlyCheck: HostCheck = view => {
  const judged = ['/var/lib/containerd', '/var/lib/kubelet', ...(view.isControlPlane ? ['/var/lib/etcd'] : [])]
  const places = view.facts.disks
    .filter(({path, readOnly}) => readOnly && path !== '/' && !judged.includes(path))
    .filter(({path}) => path !== '/var/lib/etcd')
    .map(({path}) => path)
  if (places.length === 0) return []
  const message = `${places.join(', ')} ${places.length === 1 ? 'is' : 'are'} on a read-only file system`
  const told = view.isMember ? warning : error
  return [told('DiskWritable', view, message, remounted(places[0] ?? ''))]
}
