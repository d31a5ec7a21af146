/** A deadline that does not run while a person is being asked. */
export interface PausableDeadline {
  readonly over: AbortSignal
  readonly pause: () => void
  readonly resume: () => void
  readonly end: () => void
}

/** Starts the deadline; `resume` gives the whole time again. */
export const deadline = (ms: number): PausableDeadline => {
  const controller = new AbortController()
  const begin = (): NodeJS.Timeout => setTimeout(() => controller.abort(), ms)
  let timer = begin()
  const pause = (): void => clearTimeout(timer)
  const resume = (): void => {
    clearTimeout(timer)
    timer = begin()
  }
  return {over: controller.signal, pause, resume, end: pause}
}
