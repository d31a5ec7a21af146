import {mkdir, rename, stat} from 'node:fs/promises'
import {homedir} from 'node:os'
import {dirname, join} from 'node:path'
import {makeFolder} from '../../remote/local/local-files.ts'
import {removeTrees} from '../../resources/files/remove-tree.ts'
import {withLock, type LockOptions} from '../state/lock.ts'
import {asRoot} from '../drivers/privileged.ts'

/** Where built things are kept between runs. */
export const cacheDir = (env: Readonly<Record<string, string | undefined>> = process.env): string =>
  join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kadm')

/** Where running labs are kept. */
export const stateDir = (env: Readonly<Record<string, string | undefined>> = process.env): string =>
  join(env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'kadm')

/**
 * Makes the folder `path` once: `make` fills a temporary one beside it, which is renamed when whole.
 * Two runs at once make it once; a run that was cut off leaves nothing that looks finished.
 */
export async function once(
  path: string,
  make: (temporary: string) => Promise<void>,
  options: LockOptions = {},
): Promise<string> {
  if (await exists(path)) return path
  await makeFolder(dirname(path))
  return withLock(
    `${path}.lock`,
    async () => {
      if (await exists(path)) return path
      const temporary = `${path}.partial`
      await removeTree(temporary)
      await mkdir(temporary)
      await make(temporary)
      await rename(temporary, path)
      return path
    },
    options,
  )
}

/** A run as root, or its scripts, may have left files that only root removes, and mounts that must not be looked through. */
async function removeTree(path: string): Promise<void> {
  if (await exists(path)) await asRoot(`removing ${path}`, removeTrees(path))
}

export const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
