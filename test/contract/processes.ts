import {readdirSync, readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'

/** How many processes of this machine have `word` in their arguments. */
export const processesWith = (word: string): number =>
  readdirSync('/proc').filter(
    name => /^\d+$/.test(name) && Number(name) !== process.pid && commandOf(name).includes(word),
  ).length

const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** Waits for a condition; false when it did not come. */
export async function comes(condition: () => boolean, withinMs: number): Promise<boolean> {
  for (let waited = 0; waited < withinMs; waited += 50) {
    if (condition()) return true
    await sleep(50)
  }
  return condition()
}
