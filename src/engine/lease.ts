import {KadmError} from '../domain/errors.ts'
import {KADM_DIR, LEASE_FILE} from '../domain/paths.ts'
import type {Host} from '../remote/host.ts'
import {onEach} from '../remote/on-each.ts'
import {sh, type Script} from '../remote/shell.ts'

/** A run that has not touched its lease for this long is taken for dead. Act scripts and the heartbeat touch it. */
const STALE_SECONDS = 45
const HEARTBEAT_MS = 10_000
const HELD = 74

/** Who holds a lease, so that a run that was killed can be told from one that works: `user@machine pid start`. */
export interface Holder {
  readonly text: string
  /** Whether the holder named so is certainly gone: same machine, no such process any more. */
  readonly isGone: (text: string) => boolean
}

export interface Lease {
  readonly fence: number
  /** Stops the heartbeat and gives the lease back. */
  readonly release: () => Promise<void>
}

const take = (holder: string, force: boolean, gone: string): Script => sh`set -eu
umask 077
mkdir -p ${KADM_DIR}
exec 9>${KADM_DIR}/lock
flock -w 30 9 || { echo 'another script of kadm is still running there' >&2; exit ${HELD}; }
fence=0 old='' age=0
if [ -s ${LEASE_FILE} ]; then
  old=$(sed -n 1p ${LEASE_FILE}); fence=$(sed -n 2p ${LEASE_FILE})
  age=$(( $(date +%s) - $(stat -c %Y ${LEASE_FILE}) ))
fi
case $fence in ''|*[!0-9]*) fence=0;; esac
if [ -n "$old" ] && [ ${force ? 'yes' : 'no'} = no ] && [ "$old" != ${gone} ] && [ "$age" -lt ${STALE_SECONDS} ]; then
  printf '%s\n%s\n' "$old" "$age"; exit ${HELD}
fi
fence=$((fence + 1))
printf '%s\n%s\n%s\n' ${holder} "$fence" "$(date +%s)" > ${LEASE_FILE}.new
mv ${LEASE_FILE}.new ${LEASE_FILE}
echo "$fence"`

/** For the run that took it, also over another connection than the one it was taken by. */
export const giveBack = (fence: number): Script => sh`[ "$(sed -n 2p ${LEASE_FILE} 2>/dev/null)" = ${fence} ] || exit 0
printf '\n%s\n%s\n' ${fence} "$(date +%s)" > ${LEASE_FILE}.new && mv ${LEASE_FILE}.new ${LEASE_FILE}`

const beat = (fence: number): Script =>
  sh`[ "$(sed -n 2p ${LEASE_FILE} 2>/dev/null)" != ${fence} ] || touch ${LEASE_FILE}`

/**
 * Takes the host's lease, with a fencing number higher than any before. Refuses with `lease` while another run holds it and shows
 * signs of life; a holder that is certainly gone, or silent for 45 s, is replaced.
 */
export async function takeLease(
  host: Host,
  holder: Holder,
  options: {readonly force: boolean; readonly signal: AbortSignal},
): Promise<Lease> {
  const {signal, force} = options
  let result = await host.run(take(holder.text, force, '').text, {signal})
  const [held = '', age = '0'] = result.stdout.split('\n')
  if (result.code === HELD && held !== '' && holder.isGone(held))
    result = await host.run(take(holder.text, force, held).text, {signal})
  if (result.code === HELD) {
    const who = held === '' ? '' : `: ${held}, last seen ${age} s ago`
    throw new KadmError('lease', `another run of kadm is at work there${who}`, {
      host: host.name,
      evidence: result.stderr,
      hint: `wait for it to end; if it is certainly dead, wait ${String(STALE_SECONDS)} s or give --take-lease`,
    })
  }
  const fence = Number(result.stdout.trim())
  if (result.code !== 0 || !Number.isInteger(fence)) {
    throw new KadmError('remote', 'could not take the lease', {host: host.name, evidence: result.stderr})
  }
  const timer = setInterval(() => {
    host.run(beat(fence).text, {timeoutMs: HEARTBEAT_MS}).catch(() => undefined)
  }, HEARTBEAT_MS)
  timer.unref()
  return {
    fence,
    release: async () => {
      clearInterval(timer)
      await host.run(giveBack(fence).text, {timeoutMs: HEARTBEAT_MS}).catch(() => undefined)
    },
  }
}

/** Works while holding the lease of every host; gives back all that were taken, whatever happens. */
export async function withLeases<T>(
  hosts: readonly Host[],
  options: {readonly holder: Holder; readonly takeLease: boolean; readonly signal: AbortSignal},
  work: (leases: readonly Lease[]) => Promise<T>,
): Promise<T> {
  const taken: Lease[] = []
  try {
    const leases = await onEach(hosts, 30, async host => {
      const lease = await takeLease(host, options.holder, {force: options.takeLease, signal: options.signal})
      taken.push(lease)
      return lease
    })
    return await work(leases)
  } finally {
    await Promise.allSettled(taken.map(lease => lease.release()))
  }
}
