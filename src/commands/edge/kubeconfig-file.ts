import {chmod, mkdir, readFile, realpath, rename, writeFile} from 'node:fs/promises'
import {homedir} from 'node:os'
import {delimiter, dirname, join} from 'node:path'
import {parse} from 'yaml'
import {ADMIN_CONF} from '../../domain/paths.ts'
import type {Kubeconfig} from '../../manifests/kubeconfig.ts'
import {mergeKubeconfig, type MergeOptions} from '../../manifests/kubeconfig-merge.ts'
import type {Host} from '../../remote/host.ts'
import {sh} from '../../remote/shell.ts'

/** The administrator's kubeconfig of a control plane, with everything inline. */
export const fetchAdminConf = (host: Host, signal: AbortSignal): Promise<string> =>
  host.read(sh`cat -- ${ADMIN_CONF}`.text, {signal})

/** The file kubectl itself would change: the one named, else the first of KUBECONFIG, else the usual one. */
const fileOf = (output: string | undefined, env: Readonly<Record<string, string | undefined>>): string =>
  output ?? env['KUBECONFIG']?.split(delimiter).find(path => path !== '') ?? join(homedir(), '.kube', 'config')

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Puts it into the user's own file, readable by them alone, in one step; gives the file's path. */
export async function mergeIntoFile(text: string, output: string | undefined, options: MergeOptions): Promise<string> {
  const named = fileOf(output, process.env)
  // A link stays a link: what it points at is replaced.
  const file = (await unlessMissing(realpath(named))) ?? named
  const existing = await unlessMissing(readFile(file, 'utf8'))
  // admin.conf is kadm's or kubeadm's own; its shape is known.
  const merged = mergeKubeconfig(existing, parse(text) as Kubeconfig, options)
  await mkdir(dirname(file), {recursive: true, mode: 0o700})
  const temporary = `${file}.kadm-${String(process.pid)}`
  await writeFile(temporary, merged, {mode: 0o600})
  await chmod(temporary, 0o600)
  await rename(temporary, file)
  return named
}
