/** What `verify --ha -o json` prints of one control plane that lost its power. */
interface HaRound {
  readonly machine: string
  readonly role: string
  readonly askedFrom: string
  readonly outageMs: number
  readonly longestMs: number
  readonly slowestMs: number
  readonly failed: number
  readonly requests: number
  readonly times: {readonly podsMs: number}
  readonly etcdMs: number
  readonly reasons: readonly string[]
}

export const haIn = (stdout: string): {readonly way: string; readonly rounds: readonly HaRound[]} =>
  JSON.parse(stdout) as {readonly way: string; readonly rounds: readonly HaRound[]}

/** The figures of each, for whoever reads what the test prints. */
export const toldOf = (rounds: readonly HaRound[]): string =>
  rounds
    .map(
      ({machine, role, outageMs, slowestMs, failed, requests, times, etcdMs, reasons}) =>
        `${role} ${machine}: ${String(outageMs)} ms without an answer, the slowest answer after ${String(slowestMs)} ms, ${String(failed)} of ${String(requests)} requests failed${reasons.map(reason => `: ${reason}`).join('')}, back after ${seconds(times.podsMs)}, etcd whole after ${seconds(etcdMs)}`,
    )
    .join('; ')

const seconds = (ms: number): string => `${(ms / 1000).toFixed(0)} s`
