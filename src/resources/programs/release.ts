import {z} from 'zod'
import {posix} from 'node:path'
import {RELEASES_DIR, STAGE_DIR} from '../../domain/paths.ts'
import type {Script} from '../../remote/shell/shell.ts'
import {concat, sh} from '../../remote/shell/shell.ts'
import {download, type Download} from './download.ts'
import {temporaryPath} from '../files/host-path.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {fail, makeParents} from '../files/write-file.ts'
import {treeShell} from '../files/remove-tree.ts'
import {base, maybe, texts} from '../core/schema.ts'

/** Executables that the host itself fetches as a project publishes them; none is placed before the whole file has the right hash. */
export interface ReleaseResource extends ResourceBase, Download {
  readonly kind: 'release'
  readonly name: string
  readonly programs: readonly ReleasedProgram[]
  /** Keeps which release lies there, file by file. */
  readonly record: string
}

export interface ReleasedProgram {
  /** Its path in a .tar.gz; undefined when the published file is the program itself. */
  readonly member: string | undefined
  readonly path: string
}

export interface ReleaseFound {
  readonly file: string | undefined
  readonly sha256: string | undefined
  readonly programs: Readonly<Record<string, 'as-recorded' | 'other' | 'absent'>>
  /** The programs as they are numbered in what was kept; in the ledger only. */
  readonly kept?: readonly string[] | undefined
}

export type ReleaseSpec = Omit<ReleaseResource, 'kind' | 'id' | 'record' | 'stageDir'> & {
  readonly folder?: string
  readonly stageDir?: string
}

/** Where the release of this name is recorded: facts look there to know what kadm brought. */
export const releaseRecord = (name: string, folder = RELEASES_DIR): string => `${folder}/${name}`

/** All programs of one published file. */
export const release = ({folder, stageDir = STAGE_DIR, ...spec}: ReleaseSpec): ReleaseResource => ({
  kind: 'release',
  id: `release:${spec.name}`,
  ...spec,
  stageDir,
  record: releaseRecord(spec.name, folder),
})

export const releaseKind: Kind<ReleaseResource, ReleaseFound> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('release'),
      name: z.string(),
      programs: z.array(z.object({member: maybe(z.string()), path: z.string()})),
      record: z.string(),
      file: z.string(),
      url: z.string(),
      sha256: maybe(z.string()),
      checksumUrl: z.string(),
      environment: z.record(z.string(), z.string()),
      stageDir: z.string(),
    }),
    state: z.object({
      file: maybe(z.string()),
      sha256: maybe(z.string()),
      programs: z.record(z.string(), z.enum(['as-recorded', 'other', 'absent'])),
      kept: texts.optional(),
    }),
  },
  look: ({record, programs}) =>
    concat([
      sh`[ ! -f ${record} ] || sed -n '1s/^/release /p' ${record}`,
      ...programs.map(
        ({path}) => sh`if [ ! -e ${path} ]; then printf 'absent %s\n' ${path}
elif [ -f ${record} ] && { grep -qF -e " $(stat -c ${STAMP} -- ${path}) "${path} ${record} || grep -F -e ${` ${path}`} ${record} | grep -q "^$(sha256sum <${path} | cut -c 1-64) "; }; then printf 'as-recorded %s\n' ${path}
else printf 'other %s\n' ${path}
fi`,
      ),
    ]),
  parse: (output, {programs}) => {
    const lines = output.split('\n')
    const [, sha256, file] = /^release ([0-9a-f]{64}) (.*)$/m.exec(output) ?? []
    return {
      file,
      sha256,
      programs: Object.fromEntries(
        programs.map(({path}) => [
          path,
          lines.includes(`as-recorded ${path}`) ? 'as-recorded' : lines.includes(`other ${path}`) ? 'other' : 'absent',
        ]),
      ),
    }
  },
  identity: ({file, sha256, programs}) => ({release: [file, sha256], ...programs}),
  diff: (wanted, found) => {
    if (Object.values(found.programs).every(state => state === 'absent')) return `${wanted.file} does not exist`
    if (found.file !== wanted.file) return `is ${found.file ?? 'of unknown origin'}, should be ${wanted.file}`
    if (wanted.sha256 !== undefined && found.sha256 !== wanted.sha256) return `is a different build of ${wanted.file}`
    const parts = Object.entries(found.programs).flatMap(([path, state]) =>
      state === 'as-recorded' ? [] : [`${path} ${state === 'absent' ? 'does not exist' : 'was changed'}`],
    )
    return parts.length === 0 ? undefined : parts.join(', ')
  },
  // A project's hash is requested only when a file must be downloaded.
  resolve: async (wanted, _, values) => ({
    ...wanted,
    sha256: wanted.sha256 ?? (await values.releaseHash(wanted.checksumUrl, wanted.file)),
  }),
  backup: ({programs}) =>
    concat([...programs.map(({path}, i) => sh`[ ! -e ${path} ] || cp -a -T -- ${path} "$BACKUP"/${String(i)}`), sh`:`]),
  ledgerState: ({programs}, found) => ({...found, kept: programs.map(({path}) => path)}),
  act: wanted => {
    const {programs, record, file, sha256} = wanted
    if (sha256 === undefined) throw new Error(`the hash of ${file} was never known`)
    return concat([
      download({...wanted, sha256}),
      unpack(wanted),
      // All are beside their places now; from here on nothing is left but to rename.
      ...programs.map(({path}) => sh`mv -fT -- ${temporaryPath(path)} ${path}`),
      sh`(umask 022; mkdir -p -- ${posix.dirname(record)})
{ printf '%s %s\n' ${sha256} ${file}
${concat(programs.map(({path}) => sh`printf '%s %s %s\n' "$(sha256sum <${path} | cut -c 1-64)" "$(stat -c ${STAMP} -- ${path})" ${path}`))}
} >${record}.new
mv -fT -- ${record}.new ${record}
rm -f -- "$kadm_file"`,
    ])
  },
  revert: ({programs, record}, {kept = []}) =>
    concat([
      ...[...new Set([...kept, ...programs.map(({path}) => path)])].map(
        (path, i) => sh`if [ -e "$BACKUP"/${String(i)} ]; then
rm -f -- ${temporaryPath(path)}; cp -a -T -- "$BACKUP"/${String(i)} ${temporaryPath(path)}; mv -fT -- ${temporaryPath(path)} ${path}
else rm -f -- ${path}
fi`,
      ),
      sh`rm -f -- ${record}`,
    ]),
  drift: (_, {programs}) => {
    const others = Object.entries(programs).flatMap(([path, state]) => (state === 'other' ? [path] : []))
    return others.length === 0 ? undefined : `${others.join(', ')} differs from the copied file`
  },
}

/**
 * Device, inode, size, mtime and ctime in nanoseconds: the kernel sets ctime itself, so a changed file cannot keep its stamp, and
 * a look need not read a hundred megabytes.
 */
const STAMP = '%d %i %s %.Y %.Z'

/** Puts every program beside its place, or none. */
function unpack({programs, file, stageDir}: ReleaseResource): Script {
  const members = programs.flatMap(({member}) => (member === undefined ? [] : [member]))
  const folder = `${stageDir}/${file}.unpacked`
  return concat([
    sh`${treeShell}
kadm_tidy() { kadm_remove_trees ${[folder, ...programs.map(({path}) => temporaryPath(path))]}; }
kadm_tidy`,
    ...(members.length === 0
      ? []
      : [
          sh`mkdir -p -m 0700 -- ${folder}
tar -xzf "$kadm_file" -C ${folder} --no-same-owner -- ${members} || { kadm_tidy; ${fail(`${file} does not hold ${members.join(' and ')}`)}; }`,
        ]),
    ...programs.map(({member, path}) => {
      const to = temporaryPath(path)
      const from = member === undefined ? sh`"$kadm_file"` : sh`${`${folder}/${member}`}`
      return sh`${makeParents(path)}
{ cp -T -- ${from} ${to} && chown 0:0 -- ${to} && chmod -- 0755 ${to} && sync -- ${to}; } || { kadm_tidy; ${fail(`could not write ${path}`)}; }`
    }),
    sh`kadm_remove_trees ${folder}`,
  ])
}
