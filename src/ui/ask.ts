import {KadmError} from '../domain/errors.ts'
import type {Terminal} from './terminal.ts'

/** A question, and the flag that answers it when stdin is not a terminal. */
export interface Question {
  readonly message: string
  readonly flag: string
}

/** Throws `usage` and names the flag when stdin is not a terminal, before anything starts. */
function mustBeAbleToAsk(terminal: Pick<Terminal, 'canAsk'>, {message, flag}: Question): void {
  if (terminal.canAsk) return
  throw new KadmError('usage', `cannot ask '${message}': stdin is not a terminal`, {hint: `pass ${flag}`})
}

/** Asks yes or no; Enter means no. */
export async function confirm(terminal: Pick<Terminal, 'canAsk'>, question: Question): Promise<boolean> {
  mustBeAbleToAsk(terminal, question)
  const {default: inquirer} = await import('inquirer')
  const {answer} = await uncancelled(
    inquirer.prompt<{answer: boolean}>([{type: 'confirm', name: 'answer', message: question.message, default: false}]),
  )
  return answer
}

/** Asks for a password or passphrase and does not show the input. */
export async function askSecret(terminal: Pick<Terminal, 'canAsk'>, question: Question): Promise<string> {
  mustBeAbleToAsk(terminal, question)
  const {default: inquirer} = await import('inquirer')
  const {answer} = await uncancelled(
    inquirer.prompt<{answer: string}>([{type: 'password', name: 'answer', message: question.message, mask: '*'}]),
  )
  return answer
}

/** inquirer rejects on Ctrl-C; kadm treats that as a cancelled run. */
async function uncancelled<T>(answers: Promise<T>): Promise<T> {
  try {
    return await answers
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ExitPromptError') {
      throw new KadmError('cancelled', 'interrupted before you answered; nothing was changed', {cause})
    }
    throw cause
  }
}
