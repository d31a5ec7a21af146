import {spawn} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {labDown} from '../../src/lab/run/lab-down.ts'
import {labUp, type LabUpOptions} from '../../src/lab/run/lab-up.ts'
import {KadmError} from '../../src/domain/errors.ts'
import type {Lab} from '../../src/lab/run/lab.ts'
import type {LabSink} from '../../src/lab/run/progress.ts'
import {CHECKOUT, runKadm, type KadmAnswer, type KadmRun} from './run-kadm.ts'
import {machineOf, ssh, type Answer} from './ssh.ts'

export interface KadmOptions extends Pick<KadmRun, 'stdin' | 'onEvent'> {
  readonly env?: Readonly<Record<string, string>>
  /** Without the flags that say how the machines are reached. */
  readonly bare?: boolean
}

/** A lab of one test file, and the person at the laptop who works with it. */
export interface TestLab {
  readonly lab: Lab
  /** The person's home and working folder, which is empty at first. */
  readonly home: string
  /** Everything the tool printed so far, run by run. */
  readonly said: readonly KadmAnswer[]
  readonly kadm: (args: readonly string[], options?: KadmOptions) => Promise<KadmAnswer>
  /** Runs it and rejects, with all it said, when it does not end well. */
  readonly kadmDone: (args: readonly string[], options?: KadmOptions) => Promise<KadmAnswer>
  /** Runs a command on a machine as its login user, by a way that knows nothing of the tool. */
  readonly on: (machine: string, command: string, input?: string | Readable) => Promise<Answer>
  /** The same, for what must work; gives what it printed. */
  readonly must: (machine: string, command: string, input?: string | Readable) => Promise<string>
  /** `user@address`, as the tool is told. */
  readonly target: (machine: string) => string
  readonly address: (machine: string) => string
  readonly bundleDir: string
  readonly write: (name: string, text: string) => Promise<string>
  readonly down: () => Promise<void>
}

export interface TestLabOptions extends Pick<LabUpOptions, 'driver' | 'vm' | 'release'> {
  /** Those of the machines that are containers, whatever the others are. */
  readonly containers?: readonly string[]
}

/** Boots a lab; it goes down with `down`, or by itself when this process ends in whatever way. */
export async function testLab(
  name: string,
  machines: readonly string[],
  {containers = [], ...options}: TestLabOptions = {},
): Promise<TestLab> {
  await labDown(name)
  const home = await mkdtemp(join(tmpdir(), 'kadm-e2e-'))
  const watcher = downWhenWeEnd(name, home)
  const lab = await measured(`${name}: ${String(machines.length)} machines up`, async () => {
    if (containers.length > 0) await labUp({name, machines: containers, report})
    return labUp({...options, name, machines, report})
  }).catch((error: unknown) => {
    if (error instanceof KadmError) console.log(`${error.message}\n${error.evidence ?? ''}\n${error.hint ?? ''}`)
    throw error
  })
  const {bundleDir} = lab
  if (bundleDir === undefined) throw new Error(`lab ${name} has no bundle`)
  const said: KadmAnswer[] = []
  const kadm: TestLab['kadm'] = async (args, {env = {}, bare = false, ...rest} = {}) => {
    const login = bare ? [] : ['-i', lab.keyFile, '--known-hosts', lab.knownHostsFile]
    const answer = await runKadm({
      ...rest,
      args: [...args, ...login],
      cwd: home,
      env: {PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8', ...env},
    })
    said.push(answer)
    return answer
  }
  const on: TestLab['on'] = (machine, command, input) =>
    ssh(lab, machine, command, typeof input === 'string' ? Readable.from([input]) : input)
  return {
    lab,
    home,
    said,
    kadm,
    kadmDone: async (args, options) => {
      const answer = await kadm(args, options)
      if (answer.code === 0) return answer
      throw new Error(
        `kadm ${args.join(' ')}: exit ${String(answer.code)}\n${answer.stdout.slice(-6000)}\n${answer.stderr}`,
      )
    },
    on,
    must: async (machine, command, input) => {
      const {code, stdout, stderr} = await on(machine, command, input)
      if (code !== 0) throw new Error(`${machine}: ${command}: exit ${String(code)}\n${stdout}\n${stderr}`)
      return stdout
    },
    target: machine => `${machineOf(lab, machine).user}@${machineOf(lab, machine).address}`,
    address: machine => machineOf(lab, machine).address,
    bundleDir,
    write: async (file, text) => {
      await writeFile(join(home, file), text)
      return join(home, file)
    },
    down: async () => {
      await labDown(name)
      watcher.stop()
      await rm(home, {recursive: true, force: true})
    },
  }
}

/** What a lab notes stands in the output of the tests, too. */
const report: LabSink = event => {
  if (event.type === 'note') console.log(`  ${event.message}`)
}

/** Reads a pipe that ends with this process, even when that is killed; then takes the lab down. */
function downWhenWeEnd(name: string, home: string): {readonly stop: () => void} {
  const command = [process.execPath, join(CHECKOUT, 'bin/run.js'), 'lab', 'down', name, '--yes']
  const child = spawn('sh', ['-c', 'cat >/dev/null; rm -rf "$1"; shift; exec "$@"', 'sh', home, ...command], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.unref()
  return {stop: () => child.kill('SIGKILL')}
}

/** Does it and prints how long it took; no test depends on that. */
export async function measured<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  const result = await work()
  console.log(`  ${what}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return result
}
