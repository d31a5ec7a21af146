import {createReadStream} from 'node:fs'
import {STAGE_DIR} from '../domain/paths.ts'
import {KadmError} from '../domain/errors.ts'
import type {Host} from '../remote/host.ts'
import {onEach} from '../remote/on-each.ts'
import {join, sh} from '../remote/shell.ts'
import type {Upload} from '../resources/kind.ts'

/** More at once gains nothing: one connection carries them all. */
const WIDTH = 3
const TIMEOUT_MS = 30 * 60_000

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
  const there = await host.read(
    join([
      sh`mkdir -p -m 0700 ${STAGE_DIR}`,
      ...unique.map(
        ({to, sha256}) =>
          sh`[ ! -f ${to} ] || printf '%s  %s\n' ${sha256} ${to} | sha256sum -c --quiet - >/dev/null 2>&1 && [ -f ${to} ] && echo ${to} || :`,
      ),
    ]).text,
    {signal},
  )
  const missing = unique.filter(({to}) => !there.split('\n').includes(to))
  const total = missing.reduce((sum, {size}) => sum + size, 0)
  let sent = 0
  await onEach(missing, WIDTH, async upload => {
    progress(`bringing ${String(missing.length)} files, ${megabytes(sent)} of ${megabytes(total)}`)
    await uploadOne(host, upload, signal)
    sent += upload.size
  })
}

async function uploadOne(host: Host, {from, to, sha256}: Upload, signal: AbortSignal): Promise<void> {
  const result = await host.pipe(
    createReadStream(from, {highWaterMark: 1 << 20}),
    sh`umask 077
cat >${to}.part && printf '%s  %s\n' ${sha256} ${to}.part | sha256sum -c --quiet - && mv -f ${to}.part ${to}`.text,
    {signal, timeoutMs: TIMEOUT_MS},
  )
  if (result.code !== 0) {
    throw new KadmError('remote', `could not bring ${from}`, {
      host: host.name,
      evidence: result.stderr,
      hint: 'check the space left below /var/lib/kadm',
    })
  }
}
