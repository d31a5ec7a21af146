import type {View} from './view.ts'

/** Prints each event as one line of JSON. */
export const jsonView = (write: (text: string) => void): View => ({
  emit: event => write(`${JSON.stringify(event)}\n`),
  end: () => Promise.resolve(),
})
