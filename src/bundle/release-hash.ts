import {KadmError} from '../domain/errors.ts'
import {get, type Web} from './fetching.ts'
import {checksumIn} from './releases.ts'

/** Asks projects for the hashes of their files, each list once. */
export function releaseHashes(web: Web): (checksumUrl: string, file: string) => Promise<string> {
  const lists = new Map<string, Promise<string>>()
  return async (checksumUrl, file) => {
    const list = lists.get(checksumUrl) ?? read(web, checksumUrl, file)
    lists.set(checksumUrl, list)
    const hash = checksumIn(await list, `/${file}`)
    if (hash !== undefined) return hash
    throw new KadmError('config', `${checksumUrl} has no sha256 of ${file}`, {hint: HINT})
  }
}

const HINT =
  "set it in source.archives.sha256, use the distribution's containerd with source.runtime, or pass --bundle FOLDER, " +
  "which 'kadm bundle create' creates on a machine with internet access"

async function read(web: Web, url: string, file: string): Promise<string> {
  try {
    return await (await get(web, url)).text()
  } catch (cause) {
    if (!(cause instanceof KadmError)) throw cause
    throw new KadmError('connect', `cannot download the sha256 of ${file} from its publisher`, {
      evidence: `${url}: ${cause.evidence ?? cause.message}`,
      hint: HINT,
      cause,
    })
  }
}
