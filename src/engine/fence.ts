import {KadmError} from '../domain/errors.ts'
import {KADM_DIR, LEASE_FILE} from '../domain/paths.ts'
import {Script, sh} from '../remote/shell.ts'

/** Exit code of a script whose lease was taken over by another run. */
export const LEASE_LOST = 75

/**
 * Goes first in every script that changes a host: ends it when the run is not the one that holds the lease now. The lock is held for
 * as long as the script runs, so that a take-over waits for the end of what is under way; `CLOSE_LOCK` keeps it from daemons.
 */
export const checkFence = (fence: number): Script => sh`exec 9>>${KADM_DIR}/lock
flock -w 60 9 || { echo 'another script of kadm is still running there' >&2; exit ${LEASE_LOST}; }
kadm_fence=$(sed -n 2p ${LEASE_FILE} 2>/dev/null || :)
if [ "$kadm_fence" != ${fence} ]; then echo "the lease of this run was taken over (fence $kadm_fence)" >&2; exit ${LEASE_LOST}; fi`

/** For the redirections of what a script starts: nothing that stays may hold the lock. */
export const CLOSE_LOCK = new Script('9>&-')

export const leaseLost = (host: string, evidence: string): KadmError =>
  new KadmError('lease', 'another run of kadm took over', {
    host,
    evidence,
    hint: 'let it finish, then run this again',
  })
