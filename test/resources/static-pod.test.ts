import {spawn} from 'node:child_process'
import {setTimeout as after} from 'node:timers/promises'
import {afterEach, describe, expect, test} from 'vitest'
import {Script} from '../../src/remote/shell/shell.ts'
import {staticPod, staticPodKind} from '../../src/resources/static-pods/static-pod.ts'
import {workbenches} from './shell-runner.ts'

const bench = workbenches()
const MANIFEST = '/etc/kubernetes/manifests/etcd.yaml'
const resource = staticPod({name: 'etcd', manifest: MANIFEST, files: ['/etc/ca.crt'], why: 'a test'})
const CLOCK = 'clock 100000 50000.000000000 100'
const found = (...lines: readonly string[]) => staticPodKind.parse([...lines, CLOCK, ''].join('\n'), resource)

describe('a static pod', () => {
  // The machine was up 1000 s at 50000; started at tick 40000, which is 400 s after the boot, so at 49400.
  test('runs by its files when it started after all of them', () => {
    const state = found('process 7 40000', `file 49399.9 ${MANIFEST}`, 'file 49000 /etc/ca.crt')

    expect(staticPodKind.diff(resource, state)).toBeUndefined()
  })

  test.each([MANIFEST, '/etc/ca.crt'])('does not when %s was written since', path => {
    expect(staticPodKind.diff(resource, found('process 7 40000', `file 49400.1 ${path}`))).toBe(
      `started before ${path} was written`,
    )
  })

  test('is judged by the older process while another takes over', () => {
    expect(found('process 9 60000', 'process 7 40000', 'file 49500 /etc/ca.crt').process?.pid).toBe(7)
  })

  test('that does not run is not asked to run again, and a file from the future restarts nothing', () => {
    expect(staticPodKind.diff(resource, found('file 49400.1 /etc/ca.crt'))).toBeUndefined()
    expect(staticPodKind.diff(resource, found('process 7 40000', 'file 60000 /etc/ca.crt'))).toBeUndefined()
  })
})

describe('the scripts', () => {
  const running: {kill: () => void}[] = []
  afterEach(() => {
    for (const one of running.splice(0)) one.kill()
  })

  test('do not take a process of that name that is in no static pod', () => {
    const b = bench()
    const {code, stdout} = b.run(staticPodKind.look(staticPod({name: 'sh', manifest: '/x', files: [], why: 'a test'})))

    expect(code).toBe(0)
    expect(stdout).not.toContain('process')
    expect(stdout).toMatch(/^clock \d+ \d+\.\d+ \d+$/m)
  })

  test('know how long a process runs, whatever time the machine says that it is up', async () => {
    const began = Date.now()
    const child = spawn('sleep', ['60'])
    running.push(child)
    await new Promise(resolve => child.once('spawn', resolve))
    const runs = Date.now()
    await after(500)
    const clock = bench()
      .run(staticPodKind.look(resource))
      .stdout.split('\n')
      .find(line => line.startsWith('clock '))
    const state = staticPodKind.parse(
      `process ${String(child.pid)} ${String(startTicks(child.pid ?? 0))}\nfile ${String(runs / 1000 + 0.3)} /etc/ca.crt\n${String(clock)}\n`,
      resource,
    )

    expect(state).toMatchObject({process: {pid: child.pid}, newer: '/etc/ca.crt'})
    const early = `process 1 ${String(startTicks(child.pid ?? 0))}\nfile ${String(began / 1000 - 0.1)} /etc/ca.crt\n${String(clock)}\n`
    expect(staticPodKind.parse(early, resource).newer).toBeUndefined()
  })

  const startTicks = (pid: number): number =>
    Number(bench().run(`sed 's/^.*) //' /proc/${String(pid)}/stat | cut -d' ' -f20`).stdout)

  test('end the process that was seen, and no later one of its number', async () => {
    const child = spawn('sleep', ['60'])
    running.push(child)
    const ended = new Promise(resolve => child.on('exit', (_, signal) => resolve(signal)))
    const pid = child.pid ?? 0
    const act = (ticks: number): number =>
      bench().run(
        new Script(
          `set -eu\n${staticPodKind.act(resource, {process: {pid, startTicks: ticks}, newer: '/etc/ca.crt'}).text}`,
        ),
      ).code

    expect(act(startTicks(pid) + 1)).toBe(0)
    expect(child.exitCode ?? child.signalCode).toBeNull()

    // Its parent is this very process, which has to see that it ended before the script does.
    child.kill('SIGTERM')
    expect(await ended).toBe('SIGTERM')
    expect(act(startTicks(pid))).toBe(0)
  })
})
