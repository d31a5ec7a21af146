import type {Host} from '../../remote/host.ts'
import {sh} from '../../remote/shell/shell.ts'

const ASK_MS = 15_000

/**
 * Load average, processors, and processes that wait for a disk or a mount; reads only /proc, so that it answers
 * even when other commands hang.
 */
const SCRIPT = sh`echo "load $(cut -d' ' -f2 /proc/loadavg)"
echo "processors $(grep -c ^processor /proc/cpuinfo)"
for status in $(grep -ls '^State:[[:space:]]*D' /proc/[0-9]*/status); do
  echo "waits $(sed -n 's/^Name:[[:space:]]*//p' "$status")"
done`

export interface Slowness {
  /** Adds the likely reason to "looking at the host took longer than …", if it is known. */
  readonly hint: string
  readonly evidence: string | undefined
}

/** Asks a host that did not answer in time for the reason; reports only what the host's answer shows. */
export async function whySlow(host: Host, signal: AbortSignal): Promise<Slowness> {
  const said = await host.read(SCRIPT.text, {signal, timeoutMs: ASK_MS}).catch(() => undefined)
  return judgeSlowness(said)
}

const AGAIN = 'then run the same kadm command again'

/** Pure: reads the output of the script above; undefined when that script did not answer either. */
export function judgeSlowness(said: string | undefined): Slowness {
  if (said === undefined)
    return {
      hint: `the host does not run even a small script: check 'uptime' and 'dmesg' on its console, ${AGAIN}`,
      evidence: undefined,
    }
  const all = (name: string): readonly string[] =>
    said.split('\n').flatMap(line => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []))
  const [load, processors] = [Number(all('load')[0] ?? 0), Number(all('processors')[0] ?? 1) || 1]
  const waiting = [...new Set(all('waits'))]
  const evidence = said.trim()
  if (waiting.length > 0)
    return {
      hint: `a disk or a mount of the host does not answer (${waiting.join(', ')} wait for it): check 'dmesg' and 'mount' there, ${AGAIN}`,
      evidence,
    }
  if (load > 2 * processors)
    return {
      hint: `the host is overloaded (load ${String(load)} on ${String(processors)} processors): check 'top' there, ${AGAIN}`,
      evidence,
    }
  return {
    hint: `a program that kadm runs on the host does not answer: check 'systemctl status' and 'journalctl -n 50' there, ${AGAIN}`,
    evidence,
  }
}
