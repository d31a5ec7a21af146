import type {SysctlFile} from '../../../domain/shared-facts.ts'

/** A setting that systemd-sysctl applies at boot, and the file that contains it. */
export interface BootSetting {
  readonly value: string
  readonly path: string
}

interface Assignment extends BootSetting {
  /** With slashes; may hold wildcards. */
  readonly key: string
}

/** A file in an earlier folder hides one of the same name in a later one (sysctl.d(5)). */
const FOLDERS = ['/etc/sysctl.d/', '/run/sysctl.d/', '/usr/local/lib/sysctl.d/', '/usr/lib/sysctl.d/']

/** ufw applies it when it starts, which is after systemd-sysctl. */
export const UFW_FILE = '/etc/ufw/sysctl.conf'

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const rank = (path: string): number => FOLDERS.findIndex(folder => path.startsWith(folder))

/** The files that systemd-sysctl reads, in its order: by name over all folders. */
export function filesInOrder(files: readonly SysctlFile[]): readonly SysctlFile[] {
  const known = files.filter(({path}) => rank(path) >= 0 && path.endsWith('.conf'))
  const shown = known.filter(({path}) =>
    known.every(other => nameOf(other.path) !== nameOf(path) || rank(other.path) >= rank(path)),
  )
  const ofUfw = files.filter(({path}) => path === UFW_FILE)
  return [...shown.toSorted((a, b) => (nameOf(a.path) < nameOf(b.path) ? -1 : 1)), ...ofUfw]
}

/** The first dot or slash decides which of them separates the key; the other one is then part of a name, as in eth0.100. */
function withSlashes(key: string): string {
  const first = /[./]/.exec(key)?.[0]
  if (first !== '.') return key
  return key.replaceAll(/[./]/g, mark => (mark === '.' ? '/' : '.'))
}

const isGlob = (key: string): boolean => /[*?[]/.test(key)

/** As fnmatch with FNM_PATHNAME: a wildcard stays within one part of the key. */
function matches(pattern: string, key: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('[!', '[^')
  try {
    return new RegExp(`^${source}$`).test(key)
  } catch {
    return pattern === key
  }
}

/** The settings after later lines replaced earlier ones; `-key` alone keeps wildcards off that key. */
function read(files: readonly SysctlFile[]): {
  readonly assignments: readonly Assignment[]
  readonly explicit: ReadonlySet<string>
} {
  const kept = new Map<string, Assignment | undefined>()
  for (const {path, lines} of filesInOrder(files)) {
    for (const line of lines) {
      const [, minus = '', name = '', equals, value = ''] =
        /^\s*(-?)\s*([^#;=\s][^=]*?)\s*(?:(=)\s*(.*?)\s*)?$/.exec(line) ?? []
      if (name === '' || (equals === undefined && minus === '')) continue
      const key = withSlashes(name)
      if (equals !== undefined && kept.get(key)?.value === value) continue
      kept.delete(key)
      kept.set(key, equals === undefined ? undefined : {key, value, path})
    }
  }
  return {
    assignments: [...kept.values()].filter(one => one !== undefined),
    explicit: new Set([...kept.keys()].filter(key => !isGlob(key))),
  }
}

/** Every assignment that reaches this key, in order; a wildcard does not reach a key that is named. */
function reaching(files: readonly SysctlFile[], keys: readonly string[]): readonly Assignment[] {
  const {assignments, explicit} = read(files)
  return assignments.flatMap(one =>
    keys
      .filter(key => (isGlob(one.key) ? !explicit.has(key) && matches(one.key, key) : one.key === key))
      .map(key => ({...one, key})),
  )
}

/** The value of a plain key after the boot; undefined when no file sets it. */
export const settingAtBoot = (files: readonly SysctlFile[], key: string): BootSetting | undefined =>
  reaching(files, [key.replaceAll('.', '/')]).at(-1)

/**
 * The setting that turns forwarding off after the boot, for the host or for one of these links. The kernel gives what is written for all to
 * every link and to those that come (inet_forward_change, addrconf_fixup_forwarding); udev applies the files again to a link that comes.
 */
export function forwardingOffAtBoot(
  files: readonly SysctlFile[],
  family: 4 | 6,
  links: readonly string[],
): BootSetting | undefined {
  const conf = `net/ipv${family}/conf`
  const forAll = [`${conf}/all/forwarding`, ...(family === 4 ? ['net/ipv4/ip_forward'] : [])]
  const order = reaching(files, [...forAll, `${conf}/default/forwarding`])
  const all = order.findLast(({key}) => forAll.includes(key))
  const fallback = order.at(-1)
  const ofLinks = links.map(link => reaching(files, [`${conf}/${link}/forwarding`]).at(-1))
  return [all, fallback, ...ofLinks].find(setting => setting !== undefined && Number(setting.value) === 0)
}
