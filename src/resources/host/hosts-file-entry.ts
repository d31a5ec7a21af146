import {z} from 'zod'
import {sh, type Script} from '../../remote/shell/shell.ts'
import {hostPath} from '../files/host-path.ts'
import {rewriteFile} from '../files/rewrite-file.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {base, texts} from '../core/schema.ts'

/**
 * No loopback line of a hosts file knows this name. Ubuntu's installer writes `127.0.1.1 NAME`, and glibc prefers that to any other
 * address of the name, wherever it stands: a smaller scope sorts first (RFC 6724, rule 8).
 */
export interface HostsFileEntryResource extends ResourceBase {
  readonly kind: 'hosts-file-entry'
  readonly path: string
  readonly name: string
}

export interface HostsFileEntryFound {
  /** The lines that resolve the name to the host itself, unchanged. */
  readonly lines: readonly string[]
}

export const hostsFileEntry = ({
  path,
  name,
  why,
}: Omit<HostsFileEntryResource, 'kind' | 'id'>): HostsFileEntryResource => ({
  kind: 'hosts-file-entry',
  id: `hosts-file-entry:${hostPath(path)}`,
  why,
  path,
  name,
})

export const hostsFileEntryKind: Kind<HostsFileEntryResource, HostsFileEntryFound> = {
  schema: {
    resource: z.object({...base, kind: z.literal('hosts-file-entry'), path: z.string(), name: z.string()}),
    state: z.object({lines: texts}),
  },
  look: ({path, name}) => sh`[ ! -f ${path} ] || sed -n -E -e ${`/${loopbackLine(name)}/I p`} <${path}`,
  parse: output => ({lines: output.split('\n').filter(line => line !== '')}),
  identity: ({lines}) => ({lines}),
  diff: ({path, name}, {lines}) =>
    lines.length === 0 ? undefined : `${path} maps ${name} to a loopback address: ${lines.map(tidy).join('; ')}`,
  act: ({path, name}) => rewriteFile(path, bySed(takeOut(name))),
  revert: ({path, name}) => sh`if [ -f ${path} ]; then
${rewriteFile(path, bySed(putIn(name)))}
fi`,
}

const tidy = (line: string): string => line.trim().split(/\s+/).join(' ')

/** A name as an extended regular expression of sed; names have no other special characters than dots. */
const literal = (name: string): string => name.replaceAll('.', '[.]')

const loopbackLine = (name: string): string =>
  `^[[:blank:]]*(127[.0-9]+|::1)[[:blank:]]([^#]*[[:blank:]])?${literal(name)}([[:blank:]]|#|$)`

const note = (name: string): string => `# kadm took ${name} out of: `
const rest = (name: string): string => `# kadm: without ${name}`

/** The line stays as a comment; its other names, if any, follow on a new line. */
const takeOut = (name: string): readonly string[] => [
  `/${loopbackLine(name)}/I {`,
  'h',
  `s/^/${note(name)}/`,
  'p',
  'g',
  's/#.*$//',
  ':again',
  `s/([[:blank:]])${literal(name)}([[:blank:]]|$)/\\1\\2/I`,
  't again',
  's/[[:blank:]]+$//',
  's/[[:blank:]]+/ /g',
  '/^ ?[^ ]+$/ d',
  `s/$/ ${rest(name)}/`,
  '}',
]

const putIn = (name: string): readonly string[] => [`/${literal(rest(name))}$/ d`, `s/^${literal(note(name))}//`]

const bySed = (edit: readonly string[]): Script => sh`sed -E -e ${edit.join('\n')} <"$kadm_file" >"$kadm_new"`
