import {KadmError} from '../../src/domain/errors.ts'
import type {Host, RunOptions, RunResult} from '../../src/remote/host.ts'
import {sh} from '../../src/remote/shell/shell.ts'
import {cleanup, type CleanupResource} from '../../src/resources/steps/cleanup.ts'

/** Something that a fake host can have and be rid of. */
export const litter = (name: string): CleanupResource =>
  cleanup({name, why: `${name} is litter`, remains: sh`remains ${name}`, clear: sh`clear ${name}`})

export interface FakeHost extends Host {
  /** 'look one two' or 'act one: look one two', newest last. */
  readonly asked: readonly string[]
  /** What lies there. */
  readonly lies: Set<string>
}

interface FakeOptions {
  readonly lies?: readonly string[]
  readonly fence?: number
  /** Litter that cannot be cleared, and what is said then. */
  readonly stuck?: Readonly<Record<string, string>>
  /** What every act says on stderr while it works. */
  readonly says?: readonly string[]
  /** Called for every script that is run. */
  readonly onRun?: () => void
}

/** Knows looks at litter and acts that clear it; anything else it is given to run fails the test. */
export function fakeHost(
  name: string,
  {lies: first = [], fence = 1, stuck = {}, says = [], onRun}: FakeOptions = {},
): FakeHost {
  const lies = new Set(first)
  const asked: string[] = []
  const run = async (script: string, {onStderrLine}: RunOptions = {}): Promise<RunResult> => {
    await new Promise(resolve => setImmediate(resolve))
    onRun?.()
    const looks = [...script.matchAll(/^printf '\\036%s\\n' (\d+)\n\( set -u; remains (\w+) \) .*$/gm)]
    const acts = [...script.matchAll(/^printf '\\035act %s\\n' cleanup:(\w+) >&2\n\( set -eu; clear \1\n.*$/gm)]
    const unknown = script
      .split('\n')
      .filter(line => /remains|clear/.test(line))
      .filter(line => !/^\( set -u; remains \w+ \)|^\( set -eu; clear \w+$|^printf '\\035act/.test(line))
    const isFenced = script.includes('kadm_fence=')
    const isAct = acts.length > 0
    if (looks.length === 0 || unknown.length > 0 || (isAct && !isFenced))
      throw new Error(`${name} has no rule for this:\n${script}`)
    const names = (matches: readonly RegExpMatchArray[], group: number): string =>
      matches.map(match => match[group] ?? '').join(' ')
    asked.push(`${isAct ? `act ${names(acts, 1)}: ` : isFenced ? 'fenced ' : ''}look ${names(looks, 2)}`)
    if (isFenced && !script.includes(`"$kadm_fence" != ${fence} `)) return {code: 75, stdout: '', stderr: 'taken over'}
    if (isAct) for (const line of says) onStderrLine?.(line)
    for (const [, thing = ''] of acts) {
      const said = stuck[thing]
      if (said !== undefined) return {code: 1, stdout: '', stderr: `\u001dact cleanup:${thing}\n${said}\n`}
      lies.delete(thing)
    }
    const stdout = looks.map(([, i = '', thing = '']) => `\u001e${i}\n${lies.has(thing) ? `${thing}\n` : ''}`).join('')
    return {code: 0, stdout, stderr: ''}
  }
  return {
    name,
    asked,
    lies,
    run,
    read: async script => (await run(script)).stdout,
    pipe: () => Promise.reject(new Error(`${name} takes no content`)),
    forward: () => Promise.reject(new KadmError('connect', 'nothing listens there')),
    close: () => Promise.resolve(),
  }
}
