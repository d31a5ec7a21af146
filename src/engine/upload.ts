import {STAGE_DIR} from '../domain/paths.ts'
import type {Host} from '../remote/host.ts'
import {onEach} from '../remote/on-each.ts'
import {sh} from '../remote/shell.ts'
import {missingOnHost, uploadFile} from '../remote/upload.ts'
import type {Upload} from '../resources/kind.ts'

/** More at once gains nothing: one connection carries them all. */
const WIDTH = 2

const megabytes = (bytes: number): string => `${String(Math.round(bytes / 1_048_576))} MB`

/** Brings files to the host, those that are there already (by hash) excepted; each appears under its name only when it is whole. */
export async function uploadAll(
  host: Host,
  uploads: readonly Upload[],
  options: {readonly signal: AbortSignal; readonly progress: (message: string) => void},
): Promise<void> {
  const unique = [...new Map(uploads.map(upload => [upload.to, upload])).values()]
  if (unique.length === 0) return
  const {signal, progress} = options
  await host.read(sh`mkdir -p -m 0700 ${STAGE_DIR}`.text, {signal})
  const missing = await missingOnHost(
    host,
    unique.map(upload => ({...upload, path: upload.to})),
    signal,
  )
  const total = missing.reduce((sum, {size}) => sum + size, 0)
  let sent = 0
  await onEach(missing, WIDTH, async ({from, to, sha256, size}) => {
    await uploadFile(host, {source: from, target: to, sha256, size, mode: '0600', decompress: false, signal})
    sent += size
    progress(`brought ${megabytes(sent)} of ${megabytes(total)}`)
  })
}
