/**
 * `npm run bench [-- --rounds N]`: kadm against a straightforward script with the real kubeadm, in turn on the same fresh machines with
 * the same artifacts. Prints every figure as min, median, max and the ratio of medians; judges nothing.
 */
import {spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {labClusterYaml} from '../../src/commands/runtime/lab/lab-cluster.ts'
import {labDown} from '../../src/lab/run/lab-down.ts'
import {labFresh} from '../../src/lab/run/lab-power.ts'
import {labUp} from '../../src/lab/run/lab-up.ts'
import type {Lab} from '../../src/lab/run/lab.ts'
import {flannelManifest} from './flannel-for-kubeadm.ts'

const NAME = 'bench'
const MACHINES = ['master', 'worker-1', 'worker-2']
const KADM = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const SCRIPT = fileURLToPath(new URL('by-kubeadm.sh', import.meta.url))

interface Ran {
  readonly seconds: number
  /** Highest resident set of the process itself. */
  readonly peakMegabytes: number
}

/** Runs a program to its end; fails when it fails. */
async function run(command: string, args: readonly string[]): Promise<Ran> {
  const started = performance.now()
  const child = spawn(command, args, {stdio: ['ignore', 'pipe', 'pipe']})
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

/** Three nodes Ready and DNS answering: what both ways are timed to. */
async function untilReady(lab: Lab): Promise<void> {
  const count = `kubectl get nodes --no-headers 2>/dev/null | grep -c ' Ready '`
  const ready = `until [ "$(${count})" = ${String(MACHINES.length)} ]; do sleep 0.3; done`
  await run('ssh', [...sshArgs(lab, 0), `timeout 300 sh -c ${quoted(ready)} && perl -e ${quoted(ASK)}`])
}

const figures = new Map<string, number[]>()
const note = (name: string, value: number): void => {
  figures.set(name, [...(figures.get(name) ?? []), value])
  console.log(`  ${name.padEnd(46)} ${value.toFixed(2)}`)
}

async function timed(name: string, work: () => Promise<unknown>): Promise<void> {
  const started = performance.now()
  await work()
  note(name, (performance.now() - started) / 1000)
}

const BY_KADM = 'kadm: bare to 3 Ready with DNS, s'
const BY_SCRIPT = 'script: bare to 3 Ready with DNS, s'

async function round(lab: Lab, folder: string): Promise<void> {
  const file = join(folder, 'kadm.yaml')
  writeFileSync(file, labClusterYaml(lab))
  const flannel = join(folder, 'flannel.yaml')
  writeFileSync(flannel, flannelManifest())
  const addresses = lab.machines.map(({address}) => address)

  await labFresh(NAME, MACHINES)
  await timed('kadm: preflight of three bare hosts, s', () => run(process.execPath, [KADM, 'preflight', '-f', file]))
  await timed(BY_KADM, async () => {
    const {peakMegabytes} = await run(process.execPath, [KADM, 'apply', '-f', file])
    note('kadm: peak memory of apply, MB', peakMegabytes)
    await untilReady(lab)
  })
  await timed('kadm: second run, nothing to do, s', () => run(process.execPath, [KADM, 'apply', '-f', file]))

  await labFresh(NAME, MACHINES)
  await timed(BY_SCRIPT, async () => {
    await run('sh', [SCRIPT, lab.bundleDir ?? '', lab.keyFile, lab.knownHostsFile, flannel, ...addresses])
    await untilReady(lab)
  })
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? NaN

const given = process.argv.indexOf('--rounds')
const rounds = given < 0 ? 3 : Number(process.argv[given + 1])
const folder = mkdtempSync(join(tmpdir(), 'kadm-bench-'))
try {
  for (let i = 0; i < 10; i++) note('kadm: --version, s', (await run(process.execPath, [KADM, '--version'])).seconds)
  const lab = await labUp({name: NAME, machines: MACHINES})
  for (let i = 1; i <= rounds; i++) {
    console.log(`round ${String(i)} of ${String(rounds)}`)
    await round(lab, folder)
  }
} finally {
  rmSync(folder, {recursive: true, force: true})
  await labDown(NAME)
}

console.log(`\n${'figure'.padEnd(48)}     min  median     max`)
for (const [name, values] of figures) {
  const cells = [Math.min(...values), median(values), Math.max(...values)].map(value => value.toFixed(2).padStart(7))
  console.log(`${name.padEnd(48)} ${cells.join(' ')}`)
}
const ratio = median(figures.get(BY_KADM) ?? []) / median(figures.get(BY_SCRIPT) ?? [])
console.log(`\nratio of medians, kadm / script, bare to 3 Ready with DNS: ${ratio.toFixed(2)}`)
