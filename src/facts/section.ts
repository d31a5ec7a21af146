import {KadmError} from '../domain/errors.ts'
import {ownFolders, type UsualFolders} from '../remote/shell/own-folders.ts'
import {concat, sh, type Script} from '../remote/shell/shell.ts'

/**
 * One part of the facts: read-only shell, and the pure reading of what it printed. Each runs in a subshell of its own, which knows `pki_dir`, `etcd_dir` and, as
 * its arguments, the other files that the cluster needs.
 */
export interface Section<T> {
  readonly name: string
  readonly script: Script
  readonly parse: (text: string) => T
}

const END = 'end'

/** Frames each section by a record separator and its name; a section that fails leaves an empty or partial one. */
export const frame = (sections: readonly Section<unknown>[], usual?: UsualFolders): Script =>
  concat([
    sh`LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH`,
    ownFolders(usual),
    sh`set -- ${usual?.files ?? []}`,
    ...sections.map(
      ({name, script}) => sh`printf '\036%s\n' ${name}
(
${script}
) </dev/null 2>/dev/null || :`,
    ),
    sh`printf '\036%s\n' ${END}
`,
  ])

/** The sections of an output by name; throws `remote` when it was cut off. */
export function unframe(output: string): (section: string) => string {
  const records = output.split('\x1e').slice(1)
  const sections = new Map(
    records.map(record => {
      const line = record.indexOf('\n')
      return [record.slice(0, line), record.slice(line + 1)]
    }),
  )
  if (!sections.has(END))
    throw new KadmError('remote', 'the facts of the host are incomplete', {
      hint: 'run the same command again; if the error returns, check whether the login shell of the user prints text or exits',
      evidence: output.slice(-2000),
    })
  return section => sections.get(section) ?? ''
}

export const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')

export const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter(word => word !== '')

/** The first word of a line is its key, the rest its value; later lines win. */
export const keyed = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    linesOf(text).map(line => {
      const [key = ''] = line.split(' ', 1)
      return [key, line.slice(key.length).trim()]
    }),
  )

/** `KEY=value` lines as os-release and unit files write them; quotes removed. */
export const assigned = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    linesOf(text)
      .filter(line => line.includes('=') && !line.startsWith('#'))
      .map(line => {
        const at = line.indexOf('=')
        return [
          line.slice(0, at).trim(),
          line
            .slice(at + 1)
            .trim()
            .replace(/^(["'])(.*)\1$/, '$2'),
        ]
      }),
  )

export const given = (text: string | undefined): string | undefined =>
  text === undefined || text.trim() === '' ? undefined : text.trim()

export const wholeNumber = (text: string | undefined): number => {
  const value = Number.parseInt(text ?? '', 10)
  return Number.isNaN(value) ? 0 : value
}
