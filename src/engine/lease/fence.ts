import {KadmError} from '../../domain/errors.ts'
import {KADM_DIR, LEASE_FILE, LOCK_FILE} from '../../domain/paths.ts'
import type {Host, RunOptions, RunResult} from '../../remote/host.ts'
import {concat, Script, sh} from '../../remote/shell/shell.ts'

/** The exit code of a script whose lease another run took over. */
export const LEASE_LOST = 75

const BUSY = 'another kadm script is still running on this host'

/**
 * A shell function that waits for the lock of kadm and holds it as descriptor 9 until the script ends. A reset
 * deletes the lock file, so after the wait the function opens the file on disk again. Fails with 1 when the
 * folder of kadm does not exist, and with 2 when the lock did not become free.
 */
export const lockFunction = (seconds: number, folder: 'make' | 'need'): Script => sh`kadm_lock() {
kadm_turn=0
while [ "$kadm_turn" -lt 5 ]; do
kadm_turn=$((kadm_turn + 1))
${folder === 'make' ? sh`(umask 077; mkdir -p ${KADM_DIR}) || return 1` : sh`[ -d ${KADM_DIR} ] || return 1`}
{ command exec 9>>${LOCK_FILE}; } 2>/dev/null || ${folder === 'make' ? sh`{ [ -d ${KADM_DIR} ] && return 1; continue; }` : sh`return 1`}
flock -w ${seconds} 9 || return 2
[ /proc/self/fd/9 -ef ${LOCK_FILE} ] && return 0
done
return 2
}`

/**
 * Comes first in every script that changes a host: ends the script when the run does not hold the lease. The
 * script holds the lock while it runs, so that a take-over waits until it ends; `CLOSE_LOCK` keeps the lock
 * from daemons.
 */
export const checkFence = (fence: number): Script => sh`${lockFunction(60, 'need')}
kadm_locked=0; kadm_lock || kadm_locked=$?
[ "$kadm_locked" != 2 ] || { echo ${BUSY} >&2; exit ${LEASE_LOST}; }
kadm_fence=$(sed -n 2p ${LEASE_FILE} 2>/dev/null || :)
if [ "$kadm_fence" != ${fence} ]; then
kadm_holder=$(sed -n 1p ${LEASE_FILE} 2>/dev/null || :)
[ -n "$kadm_holder" ] || kadm_holder='a run that has ended since'
if [ -n "$kadm_fence" ]; then echo "the lease of this run was taken over by $kadm_holder (fence $kadm_fence)" >&2
else echo 'the lease of this run is gone: the machine was reset meanwhile' >&2; fi
exit ${LEASE_LOST}; fi`

/** Redirections for the programs that a script starts: a program that keeps running must not hold the lock. */
export const CLOSE_LOCK = new Script('9>&-')

/**
 * Releases the lock while a script only waits for content; the script must check the fence again before it
 * continues to write.
 */
export const LET_GO = new Script('exec 9>&-')

/** The error of a script that ended with `LEASE_LOST`. */
export const leaseLost = (host: string, evidence: string): KadmError =>
  evidence.includes(BUSY)
    ? new KadmError('lease', BUSY, {host, evidence, hint: 'wait until it has ended, then run the same command again'})
    : new KadmError('lease', 'another kadm run took over the lock', {
        host,
        evidence,
        hint: 'let it finish, then run the same command again',
      })

/** Whether the script failed only because another script holds the lock, perhaps an interrupted one of this run. */
export const isBusy = (error: unknown): error is KadmError =>
  error instanceof KadmError && error.code === 'lease' && error.message === BUSY

/**
 * Runs a script that writes, for the run that holds the lease with this number; rejects with `lease` when the
 * run no longer holds it.
 */
export async function runFenced(host: Host, fence: number, script: Script, options: RunOptions): Promise<RunResult> {
  const result = await host.run(concat([new Script('set -eu'), checkFence(fence), script]).text, options)
  if (result.code === LEASE_LOST) throw leaseLost(host.name, result.stderr)
  return result
}
