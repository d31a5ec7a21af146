import {program} from '../../remote/shell/program.ts'
import {LEASE_FILE} from '../../domain/paths.ts'
import {sh, type Script} from '../../remote/shell/shell.ts'
import {lockFunction} from './fence.ts'

/** A run that has not renewed its lease for this long counts as dead. Act scripts and the heartbeat renew it. */
export const STALE_SECONDS = 45

/** The exit code when another run holds the lease or the lock. */
export const HELD = 74

interface Taking {
  readonly holder: string
  readonly fence: number
  readonly force: boolean
  /** A holder that has certainly ended. */
  readonly gone: string
}

/**
 * Writes the holder, the number and the time. If another holder is alive, prints it with the seconds since its
 * last heartbeat.
 */
export const takeScript = ({holder, fence, force, gone}: Taking): Script =>
  program('take-lease', {
    lock_function: lockFunction(30, 'make'),
    lease_file: LEASE_FILE,
    held: HELD,
    force: force ? 'yes' : 'no',
    gone,
    stale_seconds: STALE_SECONDS,
    holder,
    fence,
  })

/**
 * Leaves a number that no run has, so that no late script of this run passes the fence; also works over a
 * different connection than the one that took the lease.
 */
export const giveBack = (fence: number, first: Script = sh`:`): Script => sh`set -u
${lockFunction(10, 'need')}
kadm_lock || exit 0
kadm_fence=$(sed -n 2p ${LEASE_FILE} 2>/dev/null)
[ "$kadm_fence" = ${fence} ] || exit 0
${first}
umask 077
printf '\n%s\n%s\n' ${fence + 1} "$(date +%s)" > ${LEASE_FILE}.new && mv -f ${LEASE_FILE}.new ${LEASE_FILE}`

/**
 * Touches the same file that it read, by its descriptor, so a file that another run puts in its place stays
 * unchanged. It needs no lock, which an act of this run may hold for minutes. Prints `held`, or `lost` with the
 * holder.
 */
export const beatScript = (fence: number): Script => sh`kadm_holder='' kadm_fence=''
if { command exec 8<${LEASE_FILE}; } 2>/dev/null; then
{ read -r kadm_holder; read -r kadm_fence; } <&8
fi
if [ "$kadm_fence" = ${fence} ]; then touch -c /proc/self/fd/8; echo held
else printf 'lost %s\n' "$kadm_holder"; fi`
