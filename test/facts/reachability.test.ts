import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {afterEach, expect, test} from 'vitest'
import * as probes from '../../src/facts/reachability.ts'

const run = (script: {readonly text: string}): string =>
  execFileSync('sh', ['-s'], {input: script.text, encoding: 'utf8', timeout: 15_000})

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

const started: number[] = []
afterEach(() => {
  for (const pid of started.splice(0)) run(probes.stopScript(pid))
})

test('a listener and a prober meet over TCP, UDP and a full-size datagram, and a closed port is reported', async () => {
  const [open, closed] = [await freePort(), await freePort()]
  const listener = probes.parseListener(
    run(
      probes.listenScript(4, [
        {protocol: 'tcp', port: open},
        {protocol: 'udp', port: open},
      ]),
    ),
  )
  if (listener.pid !== undefined) started.push(listener.pid)
  const base = {from: 'a', to: 'b', address: '127.0.0.1', size: undefined}
  const plan: readonly probes.Probe[] = [
    {...base, protocol: 'tcp', port: open},
    {...base, protocol: 'udp', port: open},
    {...base, protocol: 'udp', port: open, size: 1472},
    {...base, protocol: 'udp', port: open, size: 65_507},
    {...base, protocol: 'udp', port: open, size: 65_508},
    {...base, protocol: 'tcp', port: closed},
  ]

  const answers = probes.parseProbes(run(probes.probeScript(plan)), plan).map(({answer}) => answer)

  expect(listener.busy).toEqual([])
  expect(answers).toEqual(['ok', 'ok', 'ok', 'ok', 'Message too long', 'Connection refused'])
})

test('a listener is ended by its script, and nothing else is', async () => {
  const listener = probes.parseListener(run(probes.listenScript(4, [{protocol: 'tcp', port: await freePort()}])))
  const pid = listener.pid ?? 0

  run(probes.stopScript(process.pid))
  expect(isAlive(pid)).toBe(true)
  run(probes.stopScript(pid))

  await expect.poll(() => isAlive(pid)).toBe(false)
})

/** A process that has ended may wait for its parent to look; it then has no command line any more. */
const isAlive = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}

test('a port that is in use already is reported as busy', async () => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '0.0.0.0', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0

  const listener = probes.parseListener(run(probes.listenScript(4, [{protocol: 'tcp', port}])))
  await new Promise(resolve => server.close(resolve))

  expect(listener).toEqual({pid: undefined, busy: [{protocol: 'tcp', port}], canProbe: true})
})

test('a host without perl says so', () => {
  expect(probes.parseListener('missing\n').canProbe).toBe(false)
  const probe = {from: 'a', to: 'b', address: '10.0.0.1', protocol: 'tcp', port: 1, size: undefined} as const
  expect(probes.parseProbes('missing\n', [probe])).toEqual([])
})
