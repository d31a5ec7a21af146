import {z} from 'zod'
import {concat, type Script, sh} from '../../remote/shell/shell.ts'
import {aptGet, aptShell} from './apt-get.ts'
import {waitForApt} from './apt-lock.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {base, maybe, texts} from '../core/schema.ts'

/** Debian packages that are installed in one transaction: all of them, or none. */
export interface PackagesResource extends ResourceBase {
  readonly kind: 'packages'
  readonly name: string
  readonly packages: readonly WantedPackage[]
  readonly lockSeconds: number
}

export interface WantedPackage {
  readonly name: string
  /** The upstream release, `1.37.2` for the package's version `1.37.2-1.1`; undefined for any. */
  readonly release: string | undefined
  /** Kept at its version when the machine upgrades itself; otherwise that is left as it is. */
  readonly held: boolean
}

export interface PackagesFound {
  /** The wanted ones that are installed. */
  readonly installed: readonly InstalledPackage[]
  /** Those that were looked for; in the ledger only. */
  readonly asked?: readonly string[] | undefined
}

interface InstalledPackage {
  readonly name: string
  readonly version: string
  readonly held: boolean
}

/** `name` tells sets on one host apart. */
export const packages = (spec: {
  readonly name: string
  readonly why: string
  readonly packages: readonly {readonly name: string; readonly release?: string; readonly held?: boolean}[]
  readonly lockSeconds?: number
}): PackagesResource => ({
  kind: 'packages',
  id: `packages:${spec.name}`,
  why: spec.why,
  name: spec.name,
  packages: spec.packages.map(({name, release, held = false}) => ({name, release, held})),
  lockSeconds: spec.lockSeconds ?? 300,
})

const packageFound = z.object({name: z.string(), version: z.string(), held: z.boolean()})

export const packagesKind: Kind<PackagesResource, PackagesFound> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('packages'),
      name: z.string(),
      packages: z.array(z.object({name: z.string(), release: maybe(z.string()), held: z.boolean()})),
      lockSeconds: z.number(),
    }),
    state: z.object({installed: z.array(packageFound), asked: texts.optional()}),
  },
  look: resource =>
    sh`dpkg-query -W -f ${'${Package} ${db:Status-Want} ${db:Status-Status} ${Version}\n'} ${namesOf(resource)} 2>/dev/null || :`,
  parse: output => ({
    installed: output.split('\n').flatMap(line => {
      const [name, want, status, version] = line.split(' ')
      return name === undefined || version === undefined || status !== 'installed'
        ? []
        : [{name, version, held: want === 'hold'}]
    }),
  }),
  identity: ({installed}) =>
    Object.fromEntries(
      installed.flatMap(({name, version, held}) => [partOf('version', name, version), partOf('hold', name, held)]),
    ),
  diff: (resource, found) => {
    const parts = resource.packages.flatMap(wanted => {
      const problem = problemOf(wanted, found)
      return problem === undefined ? [] : [`${wanted.name} ${problem}`]
    })
    return parts.length === 0 ? undefined : parts.join(', ')
  },
  backup: () => sh`dpkg-query -W -f ${'${Package}\n'} >"$BACKUP"/before`,
  ledgerState: (resource, found) => ({...found, asked: namesOf(resource)}),
  act: ({packages: wanted, lockSeconds}, found) => {
    const lacking = wanted.filter(one => !isInstalled(one, found))
    const held = wanted.filter(one => one.held).map(({name}) => name)
    const fresh = lacking.filter(({name}) => versionOf(name, found) === undefined).map(({name}) => name)
    return concat([
      waitForApt(lockSeconds),
      ...(lacking.length === 0 ? [] : [aptShell, ...lacking.map(want), install(fresh)]),
      held.length === 0 ? sh`:` : sh`apt-mark hold ${held} >/dev/null`,
    ])
  },
  revert: (resource, original) => {
    const names = namesOf(resource)
    const come = names.filter(name => versionOf(name, original) === undefined)
    const asked = come.filter(name => original.asked?.includes(name) !== false)
    const later = come.filter(name => !asked.includes(name))
    return concat([
      waitForApt(resource.lockSeconds),
      purge(asked),
      purgeNew(later),
      purgeUnneeded,
      ...original.installed.map(restoreFile),
    ])
  },
  // If a hold was removed, revert still removes the packages; if the version changed, it does not.
  drift: (resource, found) => {
    const others = resource.packages.flatMap(wanted =>
      versionOf(wanted.name, found) === undefined || isInstalled(wanted, found)
        ? []
        : [`${wanted.name} ${problemOf(wanted, found) ?? ''}`],
    )
    return others.length === 0 ? undefined : others.join(', ')
  },
}

const partOf = (what: string, name: string, value: unknown): readonly [string, unknown] => [`${what} of ${name}`, value]

const namesOf = (resource: PackagesResource): readonly string[] => resource.packages.map(({name}) => name)

const packageOf = (name: string, {installed}: PackagesFound): InstalledPackage | undefined =>
  installed.find(one => one.name === name)

const versionOf = (name: string, found: PackagesFound): string | undefined => packageOf(name, found)?.version

const isOf = (version: string, release: string | undefined): boolean =>
  release === undefined || version === release || version.startsWith(`${release}-`)

function isInstalled({name, release}: WantedPackage, found: PackagesFound): boolean {
  const version = versionOf(name, found)
  return version !== undefined && isOf(version, release)
}

function problemOf({name, release, held}: WantedPackage, found: PackagesFound): string | undefined {
  const there = packageOf(name, found)
  if (there === undefined) return release === undefined ? 'is not installed' : `${release} is not installed`
  if (!isOf(there.version, release)) return `is ${there.version}, should be ${release ?? ''}`
  return held && !there.held ? 'is not held at its version' : undefined
}

const want = ({name, release}: WantedPackage): Script => sh`kadm_want ${name} ${release ?? ''}`

/** Removes new packages that are only half installed, so that the package manager stays consistent. */
const install = (fresh: readonly string[]): Script => sh`kadm_install ${fresh.join(' ')} || {
(${purge(fresh)}) || :
kadm_fail "could not install$kadm_names: $kadm_reason"
}`

/** Only of those that dpkg knows: apt would fail for the others. */
const purge = (names: readonly string[]): Script => (names.length === 0 ? sh`:` : purgeWords(sh`${names}`))

const purgeWords = (
  words: Script,
): Script => sh`set -- $(dpkg-query -W -f ${'${Package} ${db:Status-Status}\n'} ${words} 2>/dev/null | sed -n '/ not-installed$/!s/ .*//p')
[ $# = 0 ] || { apt-mark unhold "$@" >/dev/null; ${aptGet} purge "$@" >&2; }`

/** Of those that a later release of kadm wants too, only what was not there before kadm. */
const purgeNew = (names: readonly string[]): Script =>
  names.length === 0
    ? sh`:`
    : sh`set -- $(printf '%s\n' ${names} | grep -vxF -f "$BACKUP"/before)
[ $# = 0 ] || { ${purgeWords(sh`"$@"`)}
}`

/** What came with the packages, is needed by nothing else now and was not there before. */
const purgeUnneeded = sh`set -- $(${aptGet} --simulate autoremove 2>/dev/null | sed -n 's/^Remv \([^ ]*\) .*/\1/p' | grep -vxF -f "$BACKUP"/before)
[ $# = 0 ] || ${aptGet} purge "$@" >&2`

const restoreFile = ({
  name,
  version,
  held,
}: InstalledPackage): Script => sh`[ "$(dpkg-query -W -f ${'${Version}'} ${name} 2>/dev/null)" = ${version} ] || ${aptGet} --allow-downgrades install ${`${name}=${version}`} >&2
apt-mark ${held ? 'hold' : 'unhold'} ${name} >/dev/null`
