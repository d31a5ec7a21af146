import {sh, type Script} from '../remote/shell/shell.ts'
import {LISTENER, PROBER} from './gather/probe-programs.ts'
import {linesOf, wholeNumber, wordsOf} from './section.ts'

/** One question: does what `from` sends come back from `to`? `size` is the payload of a datagram that must not be split. */
export interface Probe {
  readonly from: string
  readonly to: string
  readonly address: string
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  readonly size: number | undefined
}

/** `answer` is `ok`, or what the system said: `Connection refused`, `timed out`. */
export interface ProbeResult extends Probe {
  readonly answer: string
}

export interface Socket {
  readonly protocol: 'tcp' | 'udp'
  readonly port: number
}

/** What listens on a host for the time of the probing; sockets that were in use already are `busy` and answer themselves, or not. */
export interface Listener {
  readonly pid: number | undefined
  readonly busy: readonly Socket[]
  /** False where there is no perl: nothing can be told then. */
  readonly canProbe: boolean
}

const LIFE_SECONDS = 30
const PATIENCE_SECONDS = 3

/** perl-base is on every Debian and Ubuntu; nc, ping and bash are not. */
const withPerl = (script: Script): Script => sh`command -v perl >/dev/null || { echo missing; exit 0; }
${script}`

/** Opens the sockets that are free, leaves them to a process that ends by itself, and returns at once. */
export const listenScript = (family: 4 | 6, sockets: readonly Socket[]): Script =>
  withPerl(
    sh`perl -e ${LISTENER} ${family} ${LIFE_SECONDS} ${sockets.map(s => `${s.protocol}:${s.port}`)} || echo missing`,
  )

export function parseListener(output: string): Listener {
  const lines = linesOf(output).map(wordsOf)
  const pid = wholeNumber(lines.find(([word]) => word === 'pid')?.[1])
  return {
    pid: pid === 0 ? undefined : pid,
    canProbe: lines.every(([word]) => word !== 'missing'),
    busy: lines.flatMap(([word, protocol, port]) =>
      word === 'busy' && (protocol === 'tcp' || protocol === 'udp') ? [{protocol, port: wholeNumber(port)}] : [],
    ),
  }
}

/** Ends the listener, and only it. */
export const stopScript = (pid: number): Script =>
  sh`if grep -q kadm-probe /proc/${pid}/cmdline 2>/dev/null; then kill ${pid}; fi`

/** Asks all at once; done as soon as all have answered. */
export const probeScript = (probes: readonly Probe[]): Script =>
  withPerl(
    sh`perl -e ${PROBER} ${PATIENCE_SECONDS} ${probes.map(
      ({protocol, address, port, size}, i) => `${i},${protocol},${address},${port},${size ?? 0}`,
    )}`,
  )

/** In the order of the probes; none where there is no perl. */
export function parseProbes(output: string, probes: readonly Probe[]): readonly ProbeResult[] {
  const answers = new Map(
    linesOf(output).map(line => {
      const [id = ''] = line.split(' ', 1)
      return [id, line.slice(id.length + 1)]
    }),
  )
  return probes.flatMap((probe, i) => {
    const answer = answers.get(String(i))
    return answer === undefined ? [] : [{...probe, answer}]
  })
}
