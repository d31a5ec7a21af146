import {mkdir, stat, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {KadmError} from '../../domain/errors.ts'
import {isMissing, localFileError} from '../../domain/local-file-error.ts'
import type {RequestFile} from './signing-requests.ts'

/** Writes keys and requests for their owner only. Throws `config`, and writes nothing, when one of the files exists: a key is never replaced. */
export async function writeRequests(folder: string, files: readonly RequestFile[]): Promise<void> {
  try {
    for (const {path} of files) await refuseExisting(join(folder, path))
    for (const {path, text} of files) {
      await mkdir(dirname(join(folder, path)), {recursive: true, mode: 0o700})
      await writeFile(join(folder, path), text, {mode: 0o600, flag: 'wx'})
    }
  } catch (error) {
    throw localFileError(error, {path: folder, doing: 'write'}) ?? error
  }
}

async function refuseExisting(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (found === undefined) return
  throw new KadmError('config', `${path} already exists, and kadm never replaces a key`, {
    hint: 'name another folder, or move the file away',
  })
}
