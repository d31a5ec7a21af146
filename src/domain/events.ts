/** What the engine tells; the task list, plain lines and `--json` are listeners. Times are milliseconds since the epoch. */
export type EngineEvent =
  | {readonly type: 'run-started'; readonly command: string; readonly hosts: readonly string[]; readonly at: number}
  | {
      readonly type: 'phase-started'
      readonly host: string
      readonly phase: string
      readonly title: string
      readonly at: number
    }
  | {
      readonly type: 'phase-progress'
      readonly host: string
      readonly phase: string
      readonly message: string
      readonly at: number
    }
  | {
      readonly type: 'changed'
      readonly host: string
      readonly phase: string
      readonly resource: string
      readonly what: string
      readonly at: number
    }
  | {
      readonly type: 'phase-skipped'
      readonly host: string
      readonly phase: string
      readonly title: string
      readonly reason: string
      readonly at: number
    }
  | {
      readonly type: 'phase-done'
      readonly host: string
      readonly phase: string
      readonly title: string
      /** Undefined for a phase that looks and changes nothing by its nature. */
      readonly changes: number | undefined
      readonly durationMs: number
      readonly at: number
    }
  | {
      readonly type: 'phase-failed'
      readonly host: string
      readonly phase: string
      readonly title: string
      readonly error: string
      readonly hint: string | undefined
      readonly durationMs: number
      readonly at: number
    }
  | {readonly type: 'warning'; readonly host: string; readonly message: string; readonly at: number}
  | {
      readonly type: 'run-done'
      /** Undefined as for a phase. */
      readonly changes: number | undefined
      readonly durationMs: number
      readonly at: number
    }

export type Sink = (event: EngineEvent) => void
