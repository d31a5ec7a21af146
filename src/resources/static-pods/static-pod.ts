import {concat, Script, sh} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {fail} from '../files/write-file.ts'
import {nowTicks, startTicks, ticksPerSecond} from '../core/start-ticks.ts'
import {reportProgressShell} from '../core/progress-line.ts'

/**
 * A static pod that runs by what its files say now. Most of what a component reads, it reads only when it starts, and the kubelet
 * starts it again only for a changed manifest; until then the old pod answers every question about its health.
 */
export interface StaticPodResource extends ResourceBase {
  readonly kind: 'static-pod'
  /** Name of the pod and of its program: `kube-apiserver`. */
  readonly name: string
  readonly manifest: string
  /** The files that the program reads only at its start; missing files are ignored. */
  readonly files: readonly string[]
}

export interface StaticPodFound {
  /** Undefined where it does not run. */
  readonly process: {readonly pid: number; readonly startTicks: number} | undefined
  /** The file that was written last of those that were written after it started. */
  readonly newer: string | undefined
}

export const staticPod = (wanted: Omit<StaticPodResource, 'kind' | 'id'>): StaticPodResource => ({
  kind: 'static-pod',
  id: `static-pod:${wanted.name}`,
  ...wanted,
})

/** The kernel cuts the name of a program there. */
const COMM_LENGTH = 15

/** Calls a command for each process of a static pod: by its control group, because the kubelet names one by an MD5 of 32 digits, all other pods by a UUID with dashes. */
const eachProcess = (name: string, command: Script): Script => sh`for kadm_pid in $(cd /proc && echo [0-9]*); do
{ read -r kadm_comm <"/proc/$kadm_pid/comm"; } 2>/dev/null && [ "$kadm_comm" = ${name.slice(0, COMM_LENGTH)} ] || continue
grep -qsE 'pod[0-9a-f]{32}([./]|$)' "/proc/$kadm_pid/cgroup" || continue
${command}
done`

const processes = (name: string): Script =>
  eachProcess(name, sh`printf 'process %s %s\n' "$kadm_pid" "$(${startTicks(new Script('"/proc/$kadm_pid/stat"'))})"`)

/** Shell that prints the ids of the processes of a static pod, one a line. */
export const podProcesses = (name: string): Script => eachProcess(name, sh`printf '%s\n' "$kadm_pid"`)

export const staticPodKind: Kind<StaticPodResource, StaticPodFound> = {
  schema: undefined,
  look: ({name, manifest, files}) => sh`${processes(name)}
for kadm_file in ${[manifest, ...files]}; do
if [ -f "$kadm_file" ]; then printf 'file %s %s\n' "$(stat -L -c %.Z -- "$kadm_file")" "$kadm_file"; fi
done
printf 'clock %s %s %s\n' "$(${nowTicks})" "$(date +%s.%N)" "$(${ticksPerSecond})"`,
  parse: output => {
    const words = output.split('\n').map(line => line.split(' '))
    const [, clock, now, ticks] = (words.find(([key]) => key === 'clock') ?? []).map(Number)
    const [oldest] = words
      .filter(([key]) => key === 'process')
      .map(([, pid, startTicks]) => ({pid: Number(pid), startTicks: Number(startTicks)}))
      .sort((a, b) => a.startTicks - b.startTicks)
    if (oldest === undefined || now === undefined || clock === undefined || ticks === undefined)
      return {process: undefined, newer: undefined}
    const started = now - (clock - oldest.startTicks) / ticks
    // A file from the future (the clock was set back) would be newer than every start.
    const [newer] = words
      .filter(([key]) => key === 'file')
      .map(([, at, ...path]) => ({at: Number(at), path: path.join(' ')}))
      .filter(({at}) => at > started && at <= now)
      .sort((a, b) => b.at - a.at)
    return {process: oldest, newer: newer?.path}
  },
  diff: (_, {newer}) => (newer === undefined ? undefined : `started before ${newer} was written`),
  act: (resource, {process, newer}) => (process === undefined ? sh`:` : restart(resource, process, newer)),
  identity: () => ({}),
  revert: () => sh`:`,
}

/** The kubelet reads its manifests every 20 s if it misses the event of a change. */
const KUBELET_SECONDS = 40
/** Longer than the 30 s that a pod is given to end. */
const TERM_SECONDS = 45

function restart(
  {name, manifest}: StaticPodResource,
  {pid, startTicks: ticks}: NonNullable<StaticPodFound['process']>,
  newer: string | undefined,
): Script {
  return concat([
    reportProgressShell,
    sh`kadm_runs() { [ "$(${startTicks(new Script(`/proc/${String(pid)}/stat`))})" = ${ticks} ]; }
kadm_ends() { kadm_left=$(( $1 * 5 )); while kadm_runs; do [ $kadm_left -gt 0 ] || return 1; kadm_left=$((kadm_left - 1)); sleep 0.2; done; }
kadm_tell ${`restarts ${name}, which started before ${newer ?? manifest} was written`}`,
    ...(newer === manifest ? [sh`kadm_ends ${KUBELET_SECONDS} || :`] : []),
    sh`if kadm_runs; then
kill -TERM ${pid} 2>/dev/null || :
kadm_ends ${TERM_SECONDS} || { kill -KILL ${pid} 2>/dev/null || :; kadm_ends 10; } || ${fail(`${name} (process ${String(pid)}) does not end`)}
fi`,
  ])
}
