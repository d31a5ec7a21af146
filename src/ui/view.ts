import type {Sink} from '../domain/events.ts'

/** A listener that shows a run. The engine decides the order, the selection and the failures. */
export interface View {
  readonly emit: Sink
  /** Draws for the last time and restores the terminal; safe to call twice. */
  readonly end: () => Promise<void>
}
