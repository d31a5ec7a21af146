import type {Sink} from '../domain/events.ts'

/** A listener to a run. It only shows: order, choice and failures are the engine's. */
export interface View {
  readonly emit: Sink
  /** Draws for the last time and leaves the terminal as it was; safe to call twice. */
  readonly end: () => Promise<void>
}
