import {randomBytes} from 'node:crypto'
import type {HostSpec} from '../../src/domain/cluster.ts'
import {hostLost} from '../../src/domain/errors.ts'
import type {EngineEvent} from '../../src/domain/events.ts'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import type {WorkflowOptions} from '../../src/engine/workflows/options.ts'
import {gatherScript} from '../../src/facts/parse-facts.ts'
import {select} from '../../src/phases/select.ts'
import type {Host} from '../../src/remote/host.ts'
import {sampleCluster, sampleSpec} from '../phases/preflight/sample.ts'
import {fakeHost} from './fake-host.ts'
import {PHASES} from './run-scene.ts'
import {holder} from './lease-scene.ts'
import {NEVER} from './sample-run.ts'

/** What a machine says of itself when it is looked at. */
export interface SaidByMachine {
  readonly machineId?: string
  /** Another run holds it. */
  readonly heldBy?: string
  /** Why nobody can log in. */
  readonly down?: Error
  /** How often its connection is lost while it is looked at. */
  readonly cuts?: number
  /** Files that it has. */
  readonly files?: readonly string[]
  /** What it answers to scripts after the look; otherwise such a script is an error. */
  readonly run?: Host['run']
}

/** Frames sections as the script of the facts does. */
const factsOf = (name: string, {machineId = `id-of-${name}`, heldBy, files = []}: SaidByMachine): string =>
  [
    ['clock-begin', '1800000000.5'],
    ['clock-end', '1800000001.5'],
    ['machine', `hostname ${name}`, 'cpus 2', 'memory 4000000', 'available 3000000'],
    ['identity', `machine-id ${machineId}`, `boot-id boot-of-${name}`],
    ['files', ...files.map(path => `stat|regular file|600|root:root|1|${path}`)],
    ['tracks', 'ledger 0', ...(heldBy === undefined ? [] : [`holder ${heldBy}`, 'seen 1799999995'])],
    ['end'],
  ]
    .map(([section = '', ...lines]) => `\u001e${section}\n${lines.map(line => `${line}\n`).join('')}`)
    .join('')

export interface WorkflowScene {
  readonly options: WorkflowOptions
  readonly events: readonly EngineEvent[]
  /** Hosts that were connected and closed, and whatever else was done to one than looking at it. */
  readonly did: readonly string[]
}

/** Machines that say what they are and take nothing else: a workflow must come to its end without changing them. */
export function workflowScene(
  machines: Readonly<Record<string, SaidByMachine>>,
  changes: Partial<WorkflowOptions> = {},
): WorkflowScene {
  const did: string[] = []
  const events: EngineEvent[] = []
  const hosts = Object.keys(machines).map((name, i) => {
    const address = `192.168.56.${11 + i}`
    const base = sampleSpec({name, role: i === 0 ? 'control-plane' : 'worker'})
    return {...base, ssh: base.ssh === 'local' ? base.ssh : {...base.ssh, address}}
  })
  const connect = ({name = ''}: HostSpec): Promise<Host> => {
    const said = machines[name] ?? {}
    if (said.down !== undefined) return Promise.reject(said.down)
    did.push(`connect ${name}`)
    let {cuts = 0} = said
    return Promise.resolve({
      ...fakeHost(name),
      read: script => {
        if (script === gatherScript().text)
          return cuts-- > 0
            ? Promise.reject(hostLost(name, 'the connection was lost'))
            : Promise.resolve(factsOf(name, said))
        did.push(`read ${name}`)
        if (said.run !== undefined) return said.run(script).then(({stdout}) => stdout)
        return Promise.reject(new Error(`${name} has no rule for this:\n${script}`))
      },
      run: (...call) => {
        did.push(`run ${name}`)
        if (said.run !== undefined) return said.run(...call)
        return Promise.reject(new Error(`${name} is not to be changed`))
      },
      close: () => Promise.resolve(void did.push(`close ${name}`)),
    })
  }
  return {
    did,
    events,
    options: {
      command: 'apply',
      cluster: sampleCluster({hosts}),
      connect,
      steps: select(PHASES, [], []),
      bundle: undefined,
      checkBundle: () => Promise.resolve(),
      readPackageKey: () => Promise.reject(new Error('no packages come in this test')),
      readReleaseHash: () => Promise.reject(new Error('nothing is downloaded in this test')),
      templates: readTemplates(),
      ignorePreflightErrors: [],
      takeLease: false,
      emit: event => events.push(event),
      signal: NEVER,
      clock: {now: () => 1_800_000_000_000, sleep: () => Promise.resolve()},
      random: randomBytes,
      holder: holder('me@laptop 7 1'),
      ...changes,
    },
  }
}
