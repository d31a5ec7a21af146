import {expect} from 'vitest'
import type {KadmOptions, TestLab} from './test-lab.ts'
import {errorsIn, type ToldError} from './told.ts'

export interface Refusal {
  readonly code: number | undefined
  readonly errors: readonly ToldError[]
  /** Messages, evidence and hints of all errors. */
  readonly text: string
}

export type Refused = (args: readonly string[], options?: KadmOptions) => Promise<Refusal>

/** Runs what must be refused, and sees that no machine knows of it. */
export const refusedIn =
  ({kadm, on, lab}: TestLab): Refused =>
  async (args, options = {}) => {
    const {code, events, stderr} = await kadm([...args, '--json'], options)
    const errors = errorsIn(events)
    expect(
      errors.filter(error => error.code === 'bug'),
      stderr,
    ).toEqual([])
    for (const {name} of lab.machines) {
      expect((await on(name, 'sudo test -e /var/lib/kadm')).code, `${name} was touched: ${args.join(' ')}`).toBe(1)
    }
    const text = errors.map(({message, evidence = '', hint = ''}) => [message, evidence, hint].join('\n')).join('\n')
    return {code, errors, text}
  }
