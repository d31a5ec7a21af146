import {Command, Flags, type Interfaces} from '@oclif/core'
import {exitCodeOf} from '../../ui/exit-code.ts'
import {errorAsData, renderError} from '../../ui/render-error.ts'
import {terminal, type Terminal} from '../../ui/terminal.ts'
import {asStopped, newInterrupt} from './interrupt.ts'
import {newOutput, type Output} from './output.ts'
import {resultText, type ResultForms} from './result-text.ts'
import type {OutputForm} from '../flags/output-flag.ts'
import {asUsageError} from './usage-error.ts'

const SHOW_CURSOR = '\u001b[?25h'

/** The base of all commands: output, errors and interrupts. */
export abstract class KadmCommand extends Command {
  static override flags: Interfaces.FlagInput = {}
  static override baseFlags = {
    json: Flags.boolean({
      summary: 'print events as JSON, one object per line, on stdout; the last object is the result or the error',
      helpGroup: 'GLOBAL',
    }),
    verbose: Flags.boolean({
      char: 'v',
      summary: 'print every event, all evidence and the causes of errors',
      helpGroup: 'GLOBAL',
    }),
    color: Flags.boolean({
      summary: 'use colours on a terminal; NO_COLOR also turns them off',
      default: true,
      allowNo: true,
      helpGroup: 'GLOBAL',
    }),
  }

  readonly #interrupt = newInterrupt({
    say: line => process.stderr.write(`${line}\n`),
    leave: () => {
      if (process.stderr.isTTY) process.stderr.write(SHOW_CURSOR)
      process.exit(130)
    },
  })

  /** Fires at the first Ctrl-C. */
  protected get signal(): AbortSignal {
    return this.#interrupt.signal
  }

  /** Flags that take effect even when the rest of the command line is invalid. */
  protected has(flag: '--json' | '--verbose' | '-v' | '--no-color'): boolean {
    const end = this.argv.indexOf('--')
    return this.argv.slice(0, end < 0 ? undefined : end).includes(flag)
  }

  protected get terminal(): Terminal {
    return terminal(process, {color: !this.has('--no-color')})
  }

  protected get output(): Output {
    const json = this.has('--json')
    return newOutput({json, verbose: this.has('--verbose') || this.has('-v'), terminal: this.terminal})
  }

  /** The outcome: text for people, or one JSON object with `--json`. */
  protected report(data: object, text: string): void {
    this.output.report(data, text)
  }

  /** The result in the form that `-o` names; with `--json` the same object as `report` prints. */
  protected async result(
    form: OutputForm | undefined,
    data: object,
    text: string,
    forms: ResultForms = {},
  ): Promise<void> {
    this.report(data, await resultText(form, data, text, forms))
  }

  /** Prints a line about the run on stderr; it is not part of the result. */
  protected note(line: string): void {
    if (!this.has('--json')) process.stderr.write(`${line}\n`)
  }

  override async init(): Promise<void> {
    await super.init()
    process.on('SIGINT', this.#interrupt.interrupt)
    process.on('SIGTERM', this.#interrupt.interrupt)
  }

  override catch(thrown: unknown): Promise<void> {
    const error = asStopped(asUsageError(thrown, `kadm ${(this.id ?? '').replaceAll(':', ' ')}`), this.signal)
    process.exitCode = exitCodeOf(error)
    if (this.has('--json')) {
      process.stdout.write(
        `${JSON.stringify({type: 'error', exitCode: process.exitCode, errors: errorAsData(error)})}\n`,
      )
      return Promise.resolve()
    }
    const {verbose} = this.output
    process.stderr.write(`${renderError(error, this.terminal.stderrColours, {verbose})}\n`)
    return Promise.resolve()
  }

  override finally(): Promise<void> {
    process.off('SIGINT', this.#interrupt.interrupt)
    process.off('SIGTERM', this.#interrupt.interrupt)
    return Promise.resolve()
  }
}
