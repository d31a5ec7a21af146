import {jsonView} from './json-view.ts'
import {plainView} from './plain-view.ts'
import type {Terminal} from './terminal.ts'
import type {View} from './view.ts'

export interface ViewChoice {
  readonly json: boolean
  readonly verbose: boolean
  readonly terminal: Terminal
  readonly now: () => number
  /** Whether the command itself prints the result of the run, in another format. */
  readonly hasOwnResult?: boolean
}

/** `--json` wins; a task list needs a terminal that can redraw; everything else, and `--verbose`, gets plain lines. */
export async function chooseView({json, verbose, terminal, now, hasOwnResult = false}: ViewChoice): Promise<View> {
  const toStdout = (text: string): void => void terminal.stdout.write(text)
  if (json) return jsonView(toStdout)
  const write = (text: string): void => void terminal.stderr.write(text)
  const result = hasOwnResult ? write : toStdout
  const canRedraw = terminal.stderr.isTTY && terminal.stderr.columns > 0
  if (verbose || !canRedraw) return plainView({write, result, colours: terminal.stderrColours, verbose})
  const {taskView} = await import('./task-view.ts')
  return taskView({terminal, now})
}
