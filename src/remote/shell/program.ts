import {fill} from '../../manifests/templates.ts'
import {ownFile} from '../local/own-files.ts'
import {quoted, Script, type Value} from './shell.ts'

/** The shell programs of the folder templates/shell, by file name. */
const PROGRAMS = [
  'apt-get',
  'apt-lock',
  'download',
  'end-back-off',
  'etcd-stop',
  'etcd-swap',
  'etcd-unpack',
  'evidence-api-probe',
  'evidence-changed-files',
  'evidence-containers',
  'evidence-dns',
  'evidence-drop-rules',
  'evidence-functions',
  'evidence-join',
  'evidence-network',
  'evidence-peers',
  'evidence-silent-dns',
  'facts-firewall',
  'facts-login',
  'facts-machine',
  'facts-membership',
  'facts-modules',
  'facts-swap',
  'heard',
  'network-trial',
  'own-folders',
  'packet-filter-clear',
  'packet-filter-remains',
  'pull-images',
  'remove-tree',
  'take-lease',
] as const
type ProgramName = (typeof PROGRAMS)[number]

/** Text only for the reader and for shellcheck: the comment at the top, and directives. */
const withoutNotes = (text: string): string => text.replace(/^(#.*\n)*\n/, '').replaceAll(/^ *# shellcheck .*\n/gm, '')

// They are source text like the modules that use them, so they are read once, when kadm starts.
const texts: ReadonlyMap<ProgramName, string> = new Map(
  PROGRAMS.map(name => [name, withoutNotes(ownFile(`templates/shell/${name}.sh`)).trimEnd()]),
)

/** A program with its holes filled. Values are quoted as `sh` quotes them, so a hole must be a separate word without quotes. */
export const program = (name: ProgramName, values: Readonly<Record<string, Value>> = {}): Script =>
  new Script(
    fill(texts.get(name) ?? '', Object.fromEntries(Object.entries(values).map(([hole, v]) => [hole, quoted(v)]))),
  )
