import {realpath} from 'node:fs/promises'
import {homedir} from 'node:os'
import {delimiter, dirname, join} from 'node:path'
import {parse} from 'yaml'
import {isMissing, localFileError} from '../../domain/local-file-error.ts'
import {ADMIN_CONF} from '../../domain/paths.ts'
import type {Kubeconfig} from '../../manifests/kubeconfig.ts'
import {mergeKubeconfig, type MergeOptions} from '../../manifests/kubeconfig-merge.ts'
import type {Host} from '../../remote/host.ts'
import {makeFolder, readLocalTextIfThere, replaceFile} from '../../remote/local/local-files.ts'
import {sh} from '../../remote/shell/shell.ts'

const HINT = 'name another file with --output, or print it with --print'

/** The administrator's kubeconfig of a control plane, with everything inline. */
export const fetchAdminConf = (host: Host, signal: AbortSignal): Promise<string> =>
  host.read(sh`cat -- ${ADMIN_CONF}`.text, {signal})

/** The file kubectl itself would change: the one named, else the first of KUBECONFIG, else the usual one. */
const fileOf = (output: string | undefined, env: Readonly<Record<string, string | undefined>>): string =>
  output ?? env['KUBECONFIG']?.split(delimiter).find(path => path !== '') ?? join(homedir(), '.kube', 'config')

/** The path without links: a link stays a link, and what it points at is replaced. */
async function targetOf(named: string): Promise<string> {
  try {
    return await realpath(named)
  } catch (error) {
    if (isMissing(error)) return named
    throw localFileError(error, {path: named, doing: 'read', hint: HINT}) ?? error
  }
}

/** Puts it into the user's own file, readable by them alone, in one step; gives the file's path. */
export async function mergeIntoFile(text: string, output: string | undefined, options: MergeOptions): Promise<string> {
  const named = fileOf(output, process.env)
  const file = await targetOf(named)
  const existing = readLocalTextIfThere(file, HINT)
  // admin.conf is kadm's or kubeadm's own; its shape is known.
  const merged = mergeKubeconfig(existing, parse(text) as Kubeconfig, options)
  await makeFolder(dirname(file), 0o700)
  await replaceFile(file, merged, 0o600)
  return named
}
