import {Script, sh} from '../../remote/shell/shell.ts'

/** When a process started, in ticks since the boot, by its file `stat`; the name in the file may hold blanks and brackets. */
export const startTicks = (stat: Script): Script => sh`sed -n 's/^.*) //p' ${stat} 2>/dev/null | cut -d' ' -f20`

/** Now, by the same clock: when a process starts that reads its own file. In a container /proc/uptime may go by another (lxcfs). */
export const nowTicks: Script = startTicks(new Script('/proc/self/stat'))

/** Ticks in a second. */
export const ticksPerSecond: Script = sh`getconf CLK_TCK 2>/dev/null || echo 100`
