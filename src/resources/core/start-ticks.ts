import {Script, sh} from '../../remote/shell/shell.ts'

/**
 * The start time of a process, in ticks since boot, from its `stat` file; the process name in that file may
 * contain spaces and parentheses.
 */
export const startTicks = (stat: Script): Script => sh`sed -n 's/^.*) //p' ${stat} 2>/dev/null | cut -d' ' -f20`

/**
 * The current time on the same clock: the start time of a new process that reads its own file. In a container,
 * /proc/uptime may use a different clock (lxcfs).
 */
export const nowTicks: Script = startTicks(new Script('/proc/self/stat'))

/** Ticks per second. */
export const ticksPerSecond: Script = sh`getconf CLK_TCK 2>/dev/null || echo 100`
