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

const HINT = 'name another file with --output, or print the kubeconfig with --print'

/** The admin kubeconfig of a control plane, with embedded certificates. */
export const fetchAdminConf = (host: Host, signal: AbortSignal): Promise<string> =>
  host.read(sh`cat -- ${ADMIN_CONF}`.text, {signal})

/** The file that kubectl would change: the given one, else the first of KUBECONFIG, else ~/.kube/config. */
const fileOf = (output: string | undefined, env: Readonly<Record<string, string | undefined>>): string =>
  output ?? env['KUBECONFIG']?.split(delimiter).find(path => path !== '') ?? join(homedir(), '.kube', 'config')

/** The resolved path: a symbolic link stays, and its target is replaced. */
async function targetOf(named: string): Promise<string> {
  try {
    return await realpath(named)
  } catch (error) {
    if (isMissing(error)) return named
    throw localFileError(error, {path: named, doing: 'read', hint: HINT}) ?? error
  }
}

/** Writes the kubeconfig to the user's file atomically with mode 0600; returns its path. */
export async function mergeIntoFile(text: string, output: string | undefined, options: MergeOptions): Promise<string> {
  const named = fileOf(output, process.env)
  const file = await targetOf(named)
  const existing = readLocalTextIfThere(file, HINT)
  // kadm or kubeadm wrote admin.conf, so its shape is known.
  const merged = mergeKubeconfig(existing, parse(text) as Kubeconfig, options)
  await makeFolder(dirname(file), 0o700)
  await replaceFile(file, merged, 0o600)
  return named
}
