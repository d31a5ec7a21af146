import {readFile} from 'node:fs/promises'
import {sh, type Script} from '../../remote/shell/shell.ts'
import {lockFile, scriptLockFile} from '../state/lab-state.ts'
import {withLock, type LockOptions} from '../state/lock.ts'
import {asRoot} from '../drivers/privileged.ts'

/**
 * Runs a root script that changes a lab, within `changeLab`. A script may outlive us when we are killed; so it holds a lock of its
 * own until it ends, for the next run to wait for, and does nothing if the lab has another holder by the time it begins.
 */
export async function labScript(lab: string, what: string, script: Script): Promise<void> {
  const holder = (await readFile(lockFile(lab), 'utf8')).trim()
  await asRoot(
    what,
    sh`
exec 9>>${scriptLockFile(lab)}
flock -s 9
[ "$(cat ${lockFile(lab)})" = ${holder} ] || { echo 'another run has taken over' >&2; exit 1; }
${script}`,
  )
}

/** Does something to a lab while no other run does, nor a script that a killed run left behind. */
export const changeLab = async <T>(lab: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> =>
  withLock(
    lockFile(lab),
    async () => {
      await asRoot('waiting for processes of an earlier run', sh`flock ${scriptLockFile(lab)} true`)
      return work()
    },
    options,
  )

/** After the lab itself is gone. */
export const removeScriptLock = async (lab: string): Promise<string> =>
  asRoot(`removing the lock of lab ${lab}`, sh`rm -f ${scriptLockFile(lab)}`)
