import {program} from '../../remote/shell/program.ts'
import {concat, type Script} from '../../remote/shell/shell.ts'
import {reportProgressShell} from '../core/progress-line.ts'

/**
 * Waits until nobody holds dpkg's locks, and tells who does, how long already, and that it is waited for; unattended upgrades hold
 * them for minutes after a boot. Counted on the clock of the boot.
 */
export const waitForApt = (seconds: number, lockFiles: readonly string[] = LOCK_FILES): Script =>
  concat([reportProgressShell, program('apt-lock', {seconds, lock_files: lockFiles})])

const LOCK_FILES = [
  '/var/lib/dpkg/lock-frontend',
  '/var/lib/dpkg/lock',
  '/var/lib/apt/lists/lock',
  '/var/cache/apt/archives/lock',
]
