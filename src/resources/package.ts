import {join, type Script, sh} from '../remote/shell.ts'
import type {Kind, ResourceBase} from './kind.ts'
import {waitForApt} from './apt-lock.ts'

/** A Debian package at a version, held there if wished. */
export interface PackageResource extends ResourceBase {
  readonly kind: 'package'
  readonly name: string
  /** As dpkg writes it, or undefined for any. */
  readonly version: string | undefined
  readonly held: boolean
  readonly lockSeconds: number
}

export interface PackageFound {
  /** undefined when it is not installed. */
  readonly version: string | undefined
  readonly held: boolean
}

export const aptPackage = (spec: {
  readonly name: string
  readonly why: string
  readonly version?: string
  readonly held?: boolean
  readonly lockSeconds?: number
}): PackageResource => ({
  kind: 'package',
  id: `package:${spec.name}`,
  why: spec.why,
  name: spec.name,
  version: spec.version,
  held: spec.held ?? false,
  lockSeconds: spec.lockSeconds ?? 300,
})

/** Asks nothing, keeps changed configuration files, brings nothing that was not asked for. */
const APT_GET = sh`DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -y --no-install-recommends --allow-change-held-packages \
-o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold`

export const packageKind: Kind<PackageResource, PackageFound> = {
  look: ({name}) => sh`dpkg-query -W -f ${'${db:Status-Status} ${Version}\n'} ${name} 2>/dev/null || echo not-installed
apt-mark showhold ${name} 2>/dev/null | sed 's/^/held /'`,
  parse: (output, {name}) => {
    const [status = '', ...rest] = output.split('\n')
    const [word, version] = status.split(' ')
    return {version: word === 'installed' ? version : undefined, held: rest.includes(`held ${name}`)}
  },
  diff: ({version, held}, found) => {
    if (found.version === undefined) return 'is not installed'
    const parts = [
      ...(version === undefined || version === found.version ? [] : [`is ${found.version}, should be ${version}`]),
      ...(held === found.held ? [] : [held ? 'is not held' : 'is held']),
    ]
    return parts.length === 0 ? undefined : parts.join(', ')
  },
  act: ({name, version, held, lockSeconds}, found) => {
    const isThere = found.version !== undefined && (version === undefined || version === found.version)
    return join([waitForApt(lockSeconds), isThere ? sh`:` : install(name, version), hold(name, held)])
  },
  undo: ({name, lockSeconds}, original) =>
    join([
      waitForApt(lockSeconds),
      original.version === undefined
        ? sh`apt-mark unhold ${name} >/dev/null; ${APT_GET} purge ${name} >&2`
        : join([
            sh`[ "$(dpkg-query -W -f ${'${Version}'} ${name} 2>/dev/null)" = ${original.version} ] || ${APT_GET} --allow-downgrades install ${`${name}=${original.version}`} >&2`,
            hold(name, original.held),
          ]),
    ]),
}

/** The lists are only fetched when they do not know the wanted version. */
function install(name: string, version: string | undefined): Script {
  const wanted = version === undefined ? name : `${name}=${version}`
  return sh`apt-get -q --simulate --no-install-recommends --allow-change-held-packages install ${wanted} >/dev/null 2>&1 || ${APT_GET} update >&2
${APT_GET} install ${wanted} >&2`
}

const hold = (name: string, held: boolean): Script => sh`apt-mark ${held ? 'hold' : 'unhold'} ${name} >/dev/null`
