import {spawnSync} from 'node:child_process'
import {nodeProgram, TARGETS} from './nodes.ts'

/** Medians, in milliseconds, of starts one after the other. */
export interface StartTimes {
  /** `node -e 0` of the Node that is in the file. */
  readonly node: number
  readonly version: number
  readonly help: number
}

/** Times the starts of the single file in turn with those of its Node, so that a busy machine slows all of them. */
export function startTimes(file: string, times: number): StartTimes {
  const commands = {
    node: [nodeProgram(TARGETS['linux-x64'].node), '-e', '0'],
    version: [file, '--version'],
    help: [file, '--help'],
  } as const
  const taken = Array.from({length: times}, () => ({
    node: millisecondsOf(commands.node),
    version: millisecondsOf(commands.version),
    help: millisecondsOf(commands.help),
  }))
  const median = (name: keyof StartTimes): number =>
    taken.map(one => one[name]).sort((a, b) => a - b)[Math.floor(times / 2)] ?? NaN
  return {node: median('node'), version: median('version'), help: median('help')}
}

function millisecondsOf([program = '', ...args]: readonly string[]): number {
  const started = performance.now()
  const {status} = spawnSync(program, args, {stdio: 'ignore'})
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed`)
  return performance.now() - started
}
