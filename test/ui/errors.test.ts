import fc from 'fast-check'
import pc from 'picocolors'
import {describe, expect, test} from 'vitest'
import {EXIT, KadmError, type ErrorCode} from '../../src/domain/errors.ts'
import {exitCodeOf} from '../../src/ui/exit-code.ts'
import {errorAsData, renderError} from '../../src/ui/render-error.ts'

const colours = pc.createColors(false)
const text = (error: unknown, verbose = false): string => `${renderError(error, colours, {verbose})}\n`
const CODES = Object.keys(EXIT) as ErrorCode[]

const FAILURE = new KadmError('remote', 'could not start kubelet', {
  host: 'master',
  evidence: Array.from({length: 20}, (_, i) => `journal line ${String(i + 1)}`).join('\n'),
  hint: 'look at it with: journalctl -u kubelet\nthen run the same command again',
})

describe('an error', () => {
  test('says where, what, the last lines that prove it and what to do', async () => {
    await expect(text(FAILURE)).toMatchFileSnapshot('golden/error.txt')
  })

  test('shows all its evidence and its cause with --verbose', () => {
    const shown = text(
      new KadmError('connect', 'no way in', {cause: new Error('refused'), evidence: FAILURE.evidence}),
      true,
    )

    expect(shown).toContain('journal line 1\n')
    expect(shown).toContain('cause: Error: refused')
  })

  test('keeps every line of a message with several problems', () => {
    expect(text(new KadmError('config', 'kadm.yaml:1:1: a\nkadm.yaml:2:1: b'))).toBe(
      'error: kadm.yaml:1:1: a\n  kadm.yaml:2:1: b\n',
    )
  })

  test('of several hosts tells each failure, and a common one once', async () => {
    const stopped = new KadmError('cancelled', 'stopped', {hint: 'run it again'})
    const all = new AggregateError([FAILURE, stopped, new AggregateError([stopped])])

    await expect(text(all)).toMatchFileSnapshot('golden/error-many.txt')
  })

  test('that nobody expected is called a bug and shows its stack', () => {
    const bug = new TypeError('x is undefined')

    expect(text(bug)).toContain('bug in kadm: TypeError: x is undefined\n    at ')
  })

  test('does not repeat evidence that the message says already', () => {
    expect(text(new KadmError('remote', 'it failed: no space left', {evidence: 'no space left'}))).toBe(
      'error: it failed: no space left\n',
    )
  })

  test('is data for --json', () => {
    expect(errorAsData(new AggregateError([FAILURE, new Error('oops')]))).toMatchObject([
      {code: 'remote', host: 'master', message: 'could not start kubelet'},
      {code: 'bug', message: 'oops'},
    ])
  })
})

describe('the exit code', () => {
  test.each(CODES)('of %s is the one in the table, alone and in company of its like', code => {
    const error = new KadmError(code, 'x')

    expect(exitCodeOf(error)).toBe(EXIT[code])
    expect(exitCodeOf(new AggregateError([error, error]))).toBe(EXIT[code])
  })

  test('of an unexpected error is 70', () => {
    expect(exitCodeOf(new Error('x'))).toBe(70)
    expect(exitCodeOf('x')).toBe(70)
  })

  test('of a bug among other errors is 70, wherever it stands', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...CODES)), fc.nat(), (codes, place) => {
        const errors: unknown[] = codes.map(code => new KadmError(code, 'x'))
        errors.splice(place % (codes.length + 1), 0, new Error('bug'))
        return exitCodeOf(new AggregateError(errors)) === 70
      }),
    )
  })

  test('of a cancelled run is 130 although lanes failed by being stopped', () => {
    expect(exitCodeOf(new AggregateError([new KadmError('remote', 'x'), new KadmError('cancelled', 'y')]))).toBe(130)
    expect(exitCodeOf(new DOMException('stop', 'AbortError'))).toBe(130)
  })
})
