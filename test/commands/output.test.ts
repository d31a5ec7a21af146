import {PassThrough} from 'node:stream'
import pc from 'picocolors'
import {expect, test} from 'vitest'
import {newOutput, type Output} from '../../src/commands/base/output.ts'

function said(json: boolean, work: (output: Output) => void): {readonly stdout: string; readonly stderr: string} {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const terminal = {
    stdout: out as unknown as NodeJS.WriteStream,
    stderr: err as unknown as NodeJS.WriteStream,
    stdin: process.stdin,
    colours: pc.createColors(false),
    stderrColours: pc.createColors(false),
    canAsk: false,
  }
  work(newOutput({json, verbose: false, terminal}))
  return {stdout: String(out.read() ?? ''), stderr: String(err.read() ?? '')}
}

const speak = (output: Output): void => {
  output.event({type: 'download'}, '1 of 2')
  output.part({type: 'check'}, 'ok')
  output.report({files: 2}, '2 files')
}

test('progress goes to stderr and the result to stdout', () => {
  expect(said(false, speak)).toEqual({stdout: 'ok\n2 files\n', stderr: '1 of 2\n'})
})

test('with --json, every object goes to stdout and the last one is the result', () => {
  const {stdout, stderr} = said(true, speak)

  expect(stdout).toBe('{"type":"download"}\n{"type":"check"}\n{"type":"result","files":2}\n')
  expect(stderr).toBe('')
})
