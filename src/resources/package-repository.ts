import {KadmError} from '../domain/errors.ts'
import {join, sh} from '../remote/shell.ts'
import {waitForApt} from './apt-lock.ts'
import {file, fileKind, type FileResource} from './file.ts'
import type {Kind, ResourceBase} from './kind.ts'
import {fingerprints} from './openpgp.ts'
import {parsePath, type PathState} from './path-state.ts'

/** A signed apt repository with the one key that may sign it, in one deb822 file. */
export interface PackageRepositoryResource extends ResourceBase {
  readonly kind: 'package-repository'
  readonly name: string
  readonly url: string
  readonly keyFingerprint: string
  readonly sources: FileResource
  readonly lockSeconds: number
}

export interface PackageRepositoryFound {
  readonly file: PathState
  /** Whether its package lists were fetched. */
  readonly fetched: boolean
}

export interface PackageRepositorySpec {
  readonly name: string
  readonly why: string
  readonly url: string
  /** ASCII-armoured OpenPGP key. */
  readonly key: string
  /** Of the primary key, 40 hex digits. */
  readonly keyFingerprint: string
  /** `/` for a flat repository, as the community's own is. */
  readonly suite?: string
  readonly components?: readonly string[]
  readonly folder?: string
  readonly lockSeconds?: number
}

/** Throws `config` when the key is another one than the pinned fingerprint says. */
export function packageRepository(spec: PackageRepositorySpec): PackageRepositoryResource {
  const {name, why, url, key, suite = '/', components = [], folder = '/etc/apt/sources.list.d'} = spec
  const wanted = spec.keyFingerprint.replaceAll(/\s/g, '').toUpperCase()
  const found = fingerprints(key)
  if (found.length !== 1 || found[0] !== wanted) {
    throw new KadmError('config', `the key of the package repository ${url} is not the pinned one`, {
      hint: 'if the repository announced a new key, pin its fingerprint; otherwise do not trust this source',
      evidence: `pinned ${wanted}\nfound  ${found.join(', ') || 'no key'}`,
    })
  }
  const content = [
    'Types: deb',
    `URIs: ${url}`,
    `Suites: ${suite}`,
    ...(components.length === 0 ? [] : [`Components: ${components.join(' ')}`]),
    'Signed-By:',
    // A continuation line of deb822 begins with a space, an empty one is a dot.
    ...key
      .trim()
      .split(/\r?\n/)
      .map(line => ` ${line === '' ? '.' : line}`),
    '',
  ].join('\n')
  return {
    kind: 'package-repository',
    id: `package-repository:${name}`,
    why,
    name,
    url,
    keyFingerprint: wanted,
    sources: file({path: `${folder}/${name}.sources`, why, content}),
    lockSeconds: spec.lockSeconds ?? 300,
  }
}

const forUrl = (url: string): string => (url.endsWith('/') ? url : `${url}/`)

export const packageRepositoryKind: Kind<PackageRepositoryResource, PackageRepositoryFound> = {
  look: ({sources, url}) => sh`kadm_fetched=no
for kadm_list in $(apt-get indextargets --format '$(FILENAME)' "Created-By: Packages" ${`Repo-URI: ${forUrl(url)}`} 2>/dev/null); do
for kadm_found in "$kadm_list"*; do [ ! -e "$kadm_found" ] || kadm_fetched=yes; done
done
printf 'fetched %s\n' "$kadm_fetched"
${fileKind.look(sources)}`,
  parse: output => {
    const [first, ...rest] = output.split('\n')
    return {fetched: first === 'fetched yes', file: parsePath(rest.join('\n'))}
  },
  diff: ({sources}, {file: found, fetched}) =>
    fileKind.diff(sources, found) ?? (fetched ? undefined : 'its package lists were never fetched'),
  detail: ({sources}, {file: found}) => fileKind.detail?.(sources, found),
  keep: ({sources}, {file: found}) => fileKind.keep?.(sources, found) ?? sh`:`,
  act: ({sources, lockSeconds, url}, {file: found}) =>
    join([
      fileKind.act(sources, found),
      waitForApt(lockSeconds),
      sh`apt-get -q -o DPkg::Lock::Timeout=60 -o APT::Update::Error-Mode=any -o Dir::Etc::sourcelist=${sources.path} -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 update >&2 \
|| { printf 'the package repository %s cannot be used\n' ${url} >&2; exit 1; }`,
    ]),
  undo: ({sources}, {file: found}) => fileKind.undo(sources, found),
  redact: resource => ({...resource, sources: {...resource.sources, content: undefined}}),
}
