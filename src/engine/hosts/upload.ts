import {KADM_DIR, STAGE_DIR} from '../../domain/paths.ts'
import {KadmError} from '../../domain/errors.ts'
import type {Host} from '../../remote/host.ts'
import {onEach} from '../../remote/on-each.ts'
import {concat, sh} from '../../remote/shell/shell.ts'
import {missingOnHost, uploadFile, type Guard} from '../../remote/shell/upload.ts'
import type {StagedFile} from '../../resources/core/kind.ts'
import {removeTrees} from '../../resources/files/remove-tree.ts'
import {checkFence, LEASE_LOST, leaseLost, LET_GO, runFenced} from '../lease/fence.ts'

/** More uploads at once are not faster: one connection carries them all. */
const UPLOADS_AT_ONCE = 2

const megabytes = (bytes: number): string => `${String(Math.round(bytes / 1_048_576))} MB`

export interface Uploading {
  readonly fence: number
  readonly signal: AbortSignal
  readonly progress: (message: string) => void
}

/**
 * Creates the folder, and removes the remains of interrupted uploads; only the run that holds the lease uploads
 * files.
 */
const prepareStage = sh`umask 077
mkdir -p ${KADM_DIR} ${STAGE_DIR}
chmod 0700 ${KADM_DIR} ${STAGE_DIR}
rm -f -- ${STAGE_DIR}/*.kadm.??????`

/** For the end of a successful run: an act of the same run has used every uploaded file, so the rest can be deleted. */
export const emptyStage = sh`( ${removeTrees(STAGE_DIR)} ) || :`

/**
 * For the run that holds the lease with this number; an upload may take long, and another run can take over the
 * lease meanwhile.
 */
export const guardOf = (fence: number): Guard => ({
  before: concat([checkFence(fence), LET_GO]),
  again: checkFence(fence),
  refusal: (host, {code, stderr}) => (code === LEASE_LOST ? leaseLost(host, stderr) : undefined),
})

/**
 * Uploads files to the host, except those that are already there (by hash); each appears under its name only
 * when it is complete.
 */
export async function uploadAll(host: Host, uploads: readonly StagedFile[], uploading: Uploading): Promise<void> {
  const unique = [...new Map(uploads.map(upload => [upload.to, upload])).values()]
  if (unique.length === 0) return
  const {fence, signal, progress} = uploading
  const {code, stderr} = await runFenced(host, fence, prepareStage, {signal})
  if (code !== 0)
    throw new KadmError('remote', `could not create ${STAGE_DIR}`, {
      host: host.name,
      evidence: stderr,
      hint: 'check the free space there with df -h and df -i, then run the same command again',
    })
  const missing = await missingOnHost(
    host,
    unique.map(upload => ({...upload, path: upload.to})),
    signal,
  )
  const guard = guardOf(fence)
  const sent = sentReporter(missing, progress)
  await onEach(missing, UPLOADS_AT_ONCE, async ({from, to, sha256, size}) => {
    const onProgress = (bytes: number): void => sent(to, bytes)
    const file = {source: from, target: to, sha256, size, mode: '0600'}
    await uploadFile(host, {...file, onProgress, signal, guard})
    sent(to, size)
  })
}

/** Takes the bytes that were sent of each file, and reports the sum each time it grew by one percent. */
function sentReporter(
  files: readonly StagedFile[],
  progress: Uploading['progress'],
): (file: string, bytes: number) => void {
  const total = files.reduce((sum, {size}) => sum + size, 0)
  const sent = new Map<string, number>()
  let told = 0
  return (file, bytes) => {
    sent.set(file, bytes)
    const sum = [...sent.values()].reduce((all, one) => all + one, 0)
    const percent = Math.floor((100 * sum) / Math.max(total, 1))
    if (percent <= told) return
    told = percent
    progress(`copied ${megabytes(sum)} of ${megabytes(total)}`)
  }
}
