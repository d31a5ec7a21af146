import {spawn} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import type {Lab} from '../../src/lab/run/lab.ts'

export const KADM = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
export const SCRIPT = fileURLToPath(new URL('by-kubeadm.sh', import.meta.url))

interface Ran {
  readonly seconds: number
  /** Highest resident set of the process itself. */
  readonly peakMegabytes: number
}

/** Runs a program to its end; fails when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const started = performance.now()
  const child = spawn(command, args, {stdio: ['ignore', 'pipe', 'pipe'], env: {...process.env, ...env}})
  let output = ''
  let peak = 0
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  child.stderr.on('data', (data: Buffer) => (output += data.toString()))
  const timer = setInterval(() => (peak = Math.max(peak, highWater(child.pid))), 50)
  const code = await new Promise<number>(resolve => child.on('close', status => resolve(status ?? 1)))
  clearInterval(timer)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}\n${output.slice(-4000)}`)
  return {seconds: (performance.now() - started) / 1000, peakMegabytes: peak / 1024}
}

function highWater(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** Asks the cluster's DNS service from the master, over UDP, until it answers for the API's name. */
const ASK = `use IO::Socket::INET; my $q = pack('n6', 7, 0x100, 1, 0, 0, 0);
for (split /\\./, 'kubernetes.default.svc.cluster.local') { $q .= pack('C/a*', $_) } $q .= pack('Cnn', 0, 1, 1);
for (1..2400) { my $s = IO::Socket::INET->new(Proto => 'udp', PeerAddr => '10.96.0.10', PeerPort => 53) or next;
send($s, $q, 0); my ($r, $reply) = ('', ''); vec($r, fileno($s), 1) = 1;
if (select($r, undef, undef, 0.25) && defined recv($s, $reply, 512, 0) && length($reply) > 11 && unpack('x6n', $reply) > 0) { exit 0 } select(undef, undef, undef, 0.1) } exit 1`

const sshArgs = (lab: Lab, i: number): readonly string[] => [
  '-i',
  lab.keyFile,
  '-o',
  `UserKnownHostsFile=${lab.knownHostsFile}`,
  '-o',
  'LogLevel=ERROR',
  `ubuntu@${lab.machines[i]?.address ?? ''}`,
]

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** All nodes Ready and DNS answering, as the first machine sees it: what both ways are timed to. */
export async function untilReady(lab: Lab): Promise<void> {
  const count = `kubectl get nodes --no-headers 2>/dev/null | grep -c ' Ready '`
  const ready = `until [ "$(${count})" = ${String(lab.machines.length)} ]; do sleep 0.3; done`
  await run('ssh', [...sshArgs(lab, 0), `timeout 300 sh -c ${quoted(ready)} && perl -e ${quoted(ASK)}`])
}

const figures = new Map<string, number[]>()

export const note = (name: string, value: number): void => {
  figures.set(name, [...(figures.get(name) ?? []), value])
  console.log(`  ${name.padEnd(46)} ${value.toFixed(2)}`)
}

export async function timed(name: string, work: () => Promise<unknown>): Promise<void> {
  const started = performance.now()
  await work()
  note(name, (performance.now() - started) / 1000)
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? NaN

/** Every figure as min, median, max. */
export function printFigures(): void {
  console.log(`\n${'figure'.padEnd(48)}     min  median     max`)
  for (const [name, values] of figures) {
    const cells = [Math.min(...values), median(values), Math.max(...values)].map(value => value.toFixed(2).padStart(7))
    console.log(`${name.padEnd(48)} ${cells.join(' ')}`)
  }
}

export const ratioOf = (one: string, other: string): string =>
  (median(figures.get(one) ?? []) / median(figures.get(other) ?? [])).toFixed(2)
