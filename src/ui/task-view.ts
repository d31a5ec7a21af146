import {DefaultRenderer, Listr, ListrLogger, ProcessOutput} from 'listr2'
import {ended, laneText, nextLanes, noLanes, type Lane, type Lanes} from './lanes.ts'
import {plainLine} from './plain-view.ts'
import type {Terminal} from './terminal.ts'
import type {View} from './view.ts'

export interface TaskViewOptions {
  readonly terminal: Pick<Terminal, 'stderr' | 'stderrColours'>
  readonly now: () => number
}

const TICK_MS = 200

/** listr2 would inspect process.stdout; `terminal` decides that earlier. */
class Screen extends DefaultRenderer {
  static override nonTTY = true
}

interface Drawn {
  readonly finish: () => Promise<void>
  readonly update: (lanes: Lanes) => void
}

/** Uses listr2 only to draw: one task for each host, which ends when its events end. */
export function taskView(options: TaskViewOptions): View {
  const {stderrColours: colours, stderr} = options.terminal
  const warnings: string[] = []
  let lanes = noLanes
  let drawn: Drawn | undefined
  const close = async (): Promise<void> => {
    await drawn?.finish()
    drawn = undefined
    for (const warning of warnings.splice(0)) stderr.write(`${warning}\n`)
  }
  return {
    emit: event => {
      const known = lanes.lanes.length
      lanes = nextLanes(lanes, event)
      if (event.type === 'warning') warnings.push(plainLine(event, colours, false) ?? '')
      if (event.type === 'run-started' || (drawn !== undefined && lanes.lanes.length !== known)) {
        void drawn?.finish()
        drawn = draw(lanes, options)
      }
      drawn?.update(lanes)
    },
    end: close,
  }
}

function draw(first: Lanes, {terminal, now}: TaskViewOptions): Drawn {
  let lanes = first
  const width = Math.max(...first.lanes.map(({host}) => host.length))
  const text = (lane: Lane): string => laneText(lane, width, now(), terminal.stderrColours)
  const ends = first.lanes.map(() => Promise.withResolvers<Lane>())
  const titles = new Map<string, (title: string) => void>()
  const list = new Listr(
    first.lanes.map((lane, i) => ({
      title: text(lane),
      task: async (_context, task) => {
        titles.set(lane.host, title => (task.title = title))
        const last = (await ends[i]?.promise) ?? lane
        task.title = text(last)
        if (last.state === 'stopped') task.skip(task.title)
        if (last.state === 'failed') throw new Error(last.error)
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: Screen,
      rendererOptions: {
        formatOutput: 'truncate',
        showErrorMessage: false,
        suffixSkips: false,
        logger: new ListrLogger({
          useIcons: false,
          toStderr: [],
          processOutput: new ProcessOutput(terminal.stderr, terminal.stderr, {leaveEmptyLine: false}),
        }),
      },
    },
  )
  const redraw = (): void => lanes.lanes.forEach(lane => titles.get(lane.host)?.(text(lane)))
  const timer = setInterval(redraw, TICK_MS)
  const finished = list.run().catch(() => undefined)
  return {
    update: next => {
      lanes = next
      redraw()
    },
    finish: async () => {
      clearInterval(timer)
      lanes = ended(lanes, 'stopped', now())
      redraw()
      lanes.lanes.forEach((lane, i) => ends[i]?.resolve(lane))
      await finished
    },
  }
}
