import type {Host, RunOptions} from './host.ts'
import {sh} from './shell/shell.ts'

/** Ends this boot and begins another. Goes last in a script: the answer comes before the connection breaks, or not at all. */
export const REBOOT = sh`sync; systemctl --no-block reboot`

/** Which boot a machine is in: a new UUID each time (random(4), /proc/sys/kernel/random/boot_id). */
export const bootIdOf = async (host: Host, options?: RunOptions): Promise<string> =>
  (await host.read(sh`cat /proc/sys/kernel/random/boot_id`.text, options)).trim()
