import {createHash, randomBytes} from 'node:crypto'
import {createServer, type AddressInfo} from 'node:net'
import {Readable, Writable} from 'node:stream'
import {text} from 'node:stream/consumers'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Host} from '../../src/remote/host.ts'
import {sh} from '../../src/remote/shell/shell.ts'
import {containing, matching} from './matchers.ts'
import {comes, processesWith} from './processes.ts'
import {newFolder} from './folder.ts'

export interface Opened {
  readonly host: Host
  readonly stop: () => Promise<void>
}

const word = (): string => `kadm-test-${randomBytes(8).toString('hex')}`
/** Shell for a process that can be found by its arguments. */
const sleeper = (name: string): string => `sh -c 'while :; do sleep 0.2; done' ${name}`

/** What every transport must do. */
export const hostContract = (name: string, open: () => Promise<Opened>): void => {
  describe(`${name} as a host`, () => {
    let opened: Opened
    let host: Host
    beforeAll(async () => {
      opened = await open()
      host = opened.host
    })
    afterAll(async () => {
      await host.close()
      await opened.stop()
    })

    test('gives stdout, stderr and the exit code of a script', async () => {
      const result = await host.run('echo out; echo err >&2; exit 3')

      expect(result).toEqual({code: 3, stdout: 'out\n', stderr: 'err\n'})
    })

    test('tells each line on stderr while the script still runs', async () => {
      const lines: string[] = []
      const done = host.run('printf "one\\ntw" >&2; sleep 0.2; printf "o\\nrest" >&2; sleep 3', {
        onStderrLine: line => lines.push(line),
      })
      let isOver = false
      void done.finally(() => (isOver = true))

      await expect.poll(() => lines, {timeout: 20_000}).toEqual(['one', 'two'])
      expect(isOver).toBe(false)
      expect(await done).toMatchObject({code: 0, stderr: 'one\ntwo\nrest'})
    })

    test('takes the answer that came while this process was stopped, although its time is over', async () => {
      const done = host.run('echo out', {timeoutMs: 500})
      await new Promise(resolve => setTimeout(resolve, 100))
      const wakes = Date.now() + 2500
      while (Date.now() < wakes);

      expect(await done).toMatchObject({code: 0, stdout: 'out\n'})
    })

    test('runs scripts of any length and content, with heredocs, quotes and umlauts', async () => {
      const value = `it's "quoted" $HOME \`x\` \\ ! ü\n${'x'.repeat(300_000)}`

      const out = await host.read(
        sh`cat <<'EOF'
a $b \n
EOF
printf %s ${value}`.text,
      )

      expect(out).toBe(`a $b \\n\n${value}`)
    })

    test('keeps the script out of every argument list', async () => {
      const secret = word()

      const out = await host.read(
        `x=${secret}; all=$(cat /proc/[0-9]*/cmdline | tr '\\0' ' '); case $all in *"$x"*) echo seen;; *) echo hidden;; esac`,
      )

      expect(out.trim()).toBe('hidden')
    })

    test('gives a script an empty stdin', async () => {
      expect(await host.read('cat; echo end')).toBe('end\n')
    })

    test('gives scripts the system folders in PATH, messages in English and an ordinary umask', async () => {
      const out = await host.read('echo "$PATH"; echo "$LC_ALL"; umask; pwd')

      expect(out).toBe('/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nC\n0022\n/\n')
    })

    test('tells a syntax error as a failed command', async () => {
      const result = await host.run('if then')

      expect(result.code).toBe(2)
      expect(result.stderr).toContain('yntax error')
    })

    test('tells a failed read with the last line in the message and the whole stderr as evidence', async () => {
      const failing = host.read('i=0; while [ $i -lt 20000 ]; do echo "line $i" >&2; i=$((i+1)); done; exit 4')

      await expect(failing).rejects.toMatchObject({
        code: 'remote',
        message: 'the command failed with exit code 4: line 19999',
        evidence: matching(/^line 0\n[\s\S]*line 19999\n$/),
      })
    })

    test('gives long output whole and in order', async () => {
      const out = await host.read('seq 1 500000')

      expect(out).toBe(`${Array.from({length: 500_000}, (_, i) => i + 1).join('\n')}\n`)
    })

    test('stops a command that writes without end', async () => {
      const name = word()

      await expect(host.run(`yes ${name}`)).rejects.toMatchObject({
        code: 'remote',
        message: containing('64 MB'),
      })

      expect(await comes(() => processesWith(name) === 0, 2000)).toBe(true)
    })

    test('streams output to a writable instead of keeping it', async () => {
      const hash = createHash('sha256')
      const output = new Writable({write: (chunk: Buffer, _, done) => (hash.update(chunk), setTimeout(done, 1))})

      const result = await host.run('head -c 3000000 /dev/zero', {output})

      expect(result).toEqual({code: 0, stdout: '', stderr: ''})
      expect(hash.digest('hex')).toBe(createHash('sha256').update(Buffer.alloc(3_000_000)).digest('hex'))
    })

    test('pipes bytes of any value to the stdin of a script', async () => {
      const bytes = randomBytes(5_000_001)

      for (const length of [undefined, bytes.length]) {
        const content = Readable.from([bytes.subarray(0, 10), bytes.subarray(10)])
        const result = await host.pipe(content, 'sha256sum; exit 5', {length})

        expect(result.code).toBe(5)
        expect(result.stdout).toBe(`${createHash('sha256').update(bytes).digest('hex')}  -\n`)
      }
    })

    test.each([undefined, 0])('pipes empty content (of length %j)', async length => {
      const result = await host.pipe(Readable.from([]), 'wc -c', {length})

      expect(result).toEqual({code: 0, stdout: '0\n', stderr: ''})
    })

    test.each([undefined, 30 << 20])(
      'gives the result of a script that does not read all its content (of length %j)',
      async length => {
        const result = await host.pipe(Readable.from(megabytes(30)), 'head -c 5 | wc -c; exit 6', {length})

        expect(result).toMatchObject({code: 6, stdout: '5\n'})
      },
    )

    test.each([2 << 20, 4 << 20])('takes only content of the announced length (%j)', async length => {
      const done = join(newFolder('other'), 'done')

      const piped = host.pipe(Readable.from(megabytes(3)), sh`cat >/dev/null; touch ${done}`.text, {length})

      await expect(piped).rejects.toMatchObject({message: containing(`than the announced ${String(length)}`)})
      expect(existsSync(done)).toBe(false)
    })

    test.each([undefined, 9 << 20])('never lets a script take half a content for the whole (%j)', async length => {
      const done = join(newFolder('half'), 'done')
      const breaking = Readable.from(
        (function* () {
          yield* megabytes(3)
          throw new Error('disk is gone')
        })(),
      )

      const piped = host.pipe(breaking, sh`cat >/dev/null; touch ${done}`.text, {length})

      await expect(piped).rejects.toMatchObject({message: containing('disk is gone')})
      expect(existsSync(done)).toBe(false)
    })

    test('runs twenty scripts at once over one connection', async () => {
      const results = await Promise.all(Array.from({length: 20}, (_, i) => host.read(`sleep 0.2; echo ${String(i)}`)))

      expect(results).toEqual(Array.from({length: 20}, (_, i) => `${String(i)}\n`))
    })

    test('leaves no process of a cancelled command, not even its background children', async () => {
      const name = word()
      const cancel = new AbortController()
      const run = host.run(`${sleeper(name)} & ${sleeper(name)}`, {signal: cancel.signal})
      expect(await comes(() => processesWith(name) === 2, 5000)).toBe(true)

      cancel.abort()

      await expect(run).rejects.toMatchObject({code: 'cancelled'})
      expect(processesWith(name)).toBe(0)
    })

    test('kills what ignores TERM', async () => {
      const name = word()
      const run = host.run(`trap "" TERM; ${sleeper(name)}`, {timeoutMs: 3000})

      await expect(run).rejects.toMatchObject({code: 'timeout', message: containing('3 s')})

      expect(await comes(() => processesWith(name) === 0, 8000)).toBe(true)
    })

    test('ends a cancelled pipe although its script reads nothing', async () => {
      const name = word()
      const cancel = new AbortController()
      const run = host.pipe(Readable.from(megabytes(30)), sleeper(name), {signal: cancel.signal})
      expect(await comes(() => processesWith(name) > 0, 5000)).toBe(true)

      cancel.abort()

      await expect(run).rejects.toMatchObject({code: 'cancelled'})
      expect(await comes(() => processesWith(name) === 0, 8000)).toBe(true)
    })

    test('does not begin a command of a run that is cancelled already', async () => {
      const run = host.run('echo no', {signal: AbortSignal.abort()})

      await expect(run).rejects.toMatchObject({code: 'cancelled'})
    })

    test('opens streams to ports as seen from the machine', async () => {
      const echo = createServer(socket => void socket.pipe(socket))
      await new Promise<void>(resolve => echo.listen(0, '127.0.0.1', resolve))

      const stream = await host.forward('127.0.0.1', (echo.address() as AddressInfo).port)
      stream.end('hello')

      expect(await text(stream)).toBe('hello')
      echo.close()
    })

    test('tells when nothing answers on a forwarded port', async () => {
      await expect(host.forward('127.0.0.1', 1)).rejects.toMatchObject({
        code: 'connect',
        message: containing('127.0.0.1:1 does not answer from this host'),
      })
    })
  })
}

export function* megabytes(count: number): Generator<Buffer> {
  const block = Buffer.alloc(1024 * 1024, 'x')
  for (let i = 0; i < count; i++) yield block
}
