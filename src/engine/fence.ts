import {KadmError} from '../domain/errors.ts'
import {LEASE_FILE} from '../domain/paths.ts'
import {type Script, sh} from '../remote/shell.ts'

/** Exit code of a script whose lease was taken over by another run. */
export const LEASE_LOST = 75

/** Goes first in every script that changes a host: ends it when the run is not the one that holds the lease now. */
export const checkFence = (fence: number): Script => sh`kadm_fence=$(sed -n 2p ${LEASE_FILE} 2>/dev/null || :)
if [ "$kadm_fence" != ${fence} ]; then echo "the lease of this run was taken over (fence $kadm_fence)" >&2; exit ${LEASE_LOST}; fi`

export const leaseLost = (host: string, evidence: string): KadmError =>
  new KadmError('lease', 'another run of kadm took over', {
    host,
    evidence,
    hint: 'let it finish, then run this again',
  })
