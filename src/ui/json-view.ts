import type {View} from './view.ts'

/** One event an output line, as it is. */
export const jsonView = (write: (text: string) => void): View => ({
  emit: event => write(`${JSON.stringify(event)}\n`),
  end: () => Promise.resolve(),
})
