import {KadmError} from '../domain/errors.ts'
import type {Terminal} from './terminal.ts'

/** A question, and the flag that answers it where nobody can be asked. */
export interface Question {
  readonly message: string
  readonly flag: string
}

/** Throws `usage` with the missing flag where there is no terminal; so it does before anything was started. */
function mustBeAbleToAsk(terminal: Pick<Terminal, 'canAsk'>, {message, flag}: Question): void {
  if (terminal.canAsk) return
  throw new KadmError('usage', `there is no terminal to ask: ${message}`, {hint: `answer it with ${flag}`})
}

/** Asks yes or no; no is what Enter means. */
export async function confirm(terminal: Pick<Terminal, 'canAsk'>, question: Question): Promise<boolean> {
  mustBeAbleToAsk(terminal, question)
  const {default: inquirer} = await import('inquirer')
  const {answer} = await uncancelled(
    inquirer.prompt<{answer: boolean}>([{type: 'confirm', name: 'answer', message: question.message, default: false}]),
  )
  return answer
}

/** Asks for a password or passphrase; nothing of it is shown. */
export async function askSecret(terminal: Pick<Terminal, 'canAsk'>, question: Question): Promise<string> {
  mustBeAbleToAsk(terminal, question)
  const {default: inquirer} = await import('inquirer')
  const {answer} = await uncancelled(
    inquirer.prompt<{answer: string}>([{type: 'password', name: 'answer', message: question.message, mask: '*'}]),
  )
  return answer
}

/** inquirer rejects on Ctrl-C; to kadm that is a cancelled run. */
async function uncancelled<T>(answers: Promise<T>): Promise<T> {
  try {
    return await answers
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ExitPromptError') {
      throw new KadmError('cancelled', 'no answer was given; nothing was changed', {cause})
    }
    throw cause
  }
}
