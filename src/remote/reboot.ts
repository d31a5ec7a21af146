import type {Host, RunOptions} from './host.ts'
import {sh} from './shell/shell.ts'

/** Ends this boot and begins another. Goes last in a script: the answer comes before the connection breaks, or not at all. */
export const REBOOT = sh`sync; systemctl --no-block reboot`

/**
 * Resets the machine as its reset button does: nothing is stopped, and the machine boots again by itself. The answer comes before. What other
 * programs have written is on the disk then.
 */
export const POWER_LOSS = sh`sync
setsid sh -c 'sleep 1; exec systemctl --force --force reboot' >/dev/null 2>&1 </dev/null &`

/** Which boot a machine is in: a new UUID each time (random(4), /proc/sys/kernel/random/boot_id). */
export const bootIdOf = async (host: Host, options?: RunOptions): Promise<string> =>
  (await host.read(sh`cat /proc/sys/kernel/random/boot_id`.text, options)).trim()
