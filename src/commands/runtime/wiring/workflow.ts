import {randomBytes} from 'node:crypto'
import type {Cluster, HostSpec} from '../../../domain/cluster.ts'
import type {Sink} from '../../../domain/events.ts'
import type {JoinTo, WorkflowOptions} from '../../../engine/workflows/options.ts'
import type {LocalBundle, Phase} from '../../../phases/phase.ts'
import {select} from '../../../phases/select.ts'
import type {Host} from '../../../remote/host.ts'
import {readLocalText} from '../../../remote/local/local-files.ts'
import {realClock} from './clock.ts'
import type {Connector} from './connector.ts'
import {thisHolder} from './holder.ts'

export interface WorkflowRequest {
  readonly command: string
  readonly cluster: Cluster
  readonly phases: readonly Phase[]
  readonly only: readonly string[]
  readonly skip: readonly string[]
  readonly ignorePreflightErrors: readonly string[]
  readonly takeLease: boolean
  readonly joinTo?: JoinTo | undefined
  /** Control planes that the run asks and does not change. */
  readonly asked: readonly HostSpec[]
}

export interface WorkflowEdge {
  readonly connector: Connector
  readonly emit: Sink
  readonly signal: AbortSignal
}

/** A request together with the clock, randomness, connections and files of this process. */
export async function workflowOptions(
  request: WorkflowRequest,
  {connector, emit, signal}: WorkflowEdge,
): Promise<WorkflowOptions> {
  const {command, cluster, joinTo, asked} = request
  const [{readTemplates}, bundle] = await Promise.all([
    import('../../../engine/sources/templates-on-disk.ts'),
    bundleOf(cluster),
  ])
  return {
    command,
    cluster,
    joinTo,
    emit,
    signal,
    bundle,
    checkBundle: async use => {
      if (bundle === undefined) return
      const {checkBundle} = await import('./open-bundle.ts')
      await checkBundle(bundle, use, signal)
    },
    ...(await sourcesOf(signal)),
    explain: async (host, error, phase) => {
      const {explainFailure} = await import('../../../diagnose/explain-failure.ts')
      const what = {phase, waitedFor: error.message, now: realClock.now() / 1000}
      return explainFailure(host, error, what, {
        signal,
        others: () => otherHosts([...asked, ...cluster.hosts], host, connector),
      })
    },
    connect: connector.connect,
    steps: select(request.phases, request.only, request.skip),
    templates: readTemplates(),
    ignorePreflightErrors: [...request.ignorePreflightErrors, ...cluster.extra.ignorePreflightErrors],
    takeLease: request.takeLease,
    clock: realClock,
    random: bytes => randomBytes(bytes),
    holder: thisHolder(),
  }
}

const MOST_OTHERS = 30

/** The other connected machines of the cluster, control planes first. */
async function otherHosts(specs: Cluster['hosts'], host: Host, {connect}: Connector): Promise<readonly Host[]> {
  const ordered = specs.toSorted((a, b) => Number(b.role === 'control-plane') - Number(a.role === 'control-plane'))
  const opened = await Promise.allSettled(ordered.slice(0, MOST_OTHERS).map(connect))
  return opened.flatMap(result => (result.status === 'fulfilled' && result.value !== host ? [result.value] : []))
}

async function sourcesOf(signal: AbortSignal): Promise<Pick<WorkflowOptions, 'readPackageKey' | 'readReleaseHash'>> {
  const {releaseHashes} = await import('../../../bundle/release-hash.ts')
  return {
    readPackageKey: async repository => {
      const {readPackageKey} = await import('../../../engine/sources/package-key.ts')
      return readPackageKey(repository, {fetch, readFile: async path => Promise.resolve(readLocalText(path)), signal})
    },
    readReleaseHash: releaseHashes({fetch, signal}),
  }
}

async function bundleOf({source}: Cluster): Promise<LocalBundle | undefined> {
  if (source.kind !== 'bundle') return undefined
  const {openBundle} = await import('./open-bundle.ts')
  return openBundle(source.path)
}
