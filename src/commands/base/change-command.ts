import type {Cluster, HostSpec} from '../../domain/cluster.ts'
import {isAway, type KadmError} from '../../domain/errors.ts'
import type {Sink} from '../../domain/events.ts'
import type {PlannedChange} from '../../engine/schedule/differences.ts'
import type {Restoring} from '../../engine/backup/restoring.ts'
import type {JoinTo, Replacing, WorkflowOptions} from '../../engine/workflows/options.ts'
import type {WorkflowResult} from '../../engine/workflows/workflow.ts'
import type {Phase} from '../../phases/phase.ts'
import {errorsOf, exitCodeOf} from '../../ui/exit-code.ts'
import {errorAsData} from '../../ui/render-error.ts'
import {renderPlan} from '../../ui/render-plan.ts'
import {recordRun, type RunReport} from '../../ui/run-report.ts'
import type {OutputForm} from '../flags/output-flag.ts'
import {ClusterCommand} from './cluster-command.ts'
import {asStopped} from './interrupt.ts'
import type {Connector} from '../runtime/wiring/connector.ts'
import type {SshFlags} from '../flags/ssh-flags.ts'

export interface ChangeFlags extends SshFlags {
  readonly only?: readonly string[] | undefined
  readonly 'skip-phases'?: readonly string[] | undefined
  readonly 'ignore-preflight-errors'?: readonly string[] | undefined
  readonly 'take-lease'?: boolean
  readonly 'skip-unreachable'?: boolean
}

/** `-o` of a command that changes hosts. */
export interface FormFlags {
  readonly output?: OutputForm | undefined
}

/** What a run returned, and what it did on each host. */
export interface Reported<T> {
  readonly result: T
  readonly report: RunReport
}

export interface ChangeRequest {
  readonly command: string
  readonly cluster: Cluster
  readonly phases: readonly Phase[]
  readonly joinTo?: JoinTo | undefined
  readonly replacing?: Replacing | undefined
  readonly restoring?: Restoring | undefined
  /** A control plane that the run asks and does not change, besides that of `joinTo`. */
  readonly remaining?: HostSpec | undefined
}

/** A command that is a list of phases over a choice of hosts. */
export abstract class ChangeCommand extends ClusterCommand {
  /** The hosts that `--skip-unreachable` left out. */
  protected skippedHosts: readonly string[] = []

  /** The options of a run, with every connection open; `open` for connections that the caller has opened. */
  protected async prepare(
    request: ChangeRequest,
    flags: ChangeFlags,
    emit: Sink,
    open?: Connector,
  ): Promise<WorkflowOptions> {
    const [{workflowOptions}, {skippedPhases}] = await Promise.all([
      import('../runtime/wiring/workflow.ts'),
      import('../runtime/requests/skipped-phases.ts'),
    ])
    const {joinTo, remaining} = request
    const {cluster, skip} = skippedPhases(request.command, request.cluster, flags['skip-phases'] ?? [])
    const asked = [joinTo?.kind === 'ssh' ? joinTo.spec : undefined, remaining].filter(spec => spec !== undefined)
    const goesOnWithout = flags['skip-unreachable'] ?? false
    const connector =
      open ??
      (await this.connections([...cluster.hosts, ...asked], flags, {goesOnWithout}).catch((error: unknown) => {
        if (flags['skip-unreachable'] === false && errorsOf(error).some(isAway))
          this.note('to continue without the hosts that do not answer, pass --skip-unreachable')
        throw error
      }))
    const skipped = goesOnWithout ? await this.#skipped(cluster, connector) : []
    const options = {
      ...request,
      cluster,
      asked,
      only: flags.only ?? [],
      skip,
      ignorePreflightErrors: flags['ignore-preflight-errors'] ?? [],
      takeLease: flags['take-lease'] ?? false,
    }
    const made = await workflowOptions(options, {connector, emit, signal: this.signal})
    const {hostLabel} = await import('../runtime/wiring/connector.ts')
    const onSkipped = (spec: HostSpec, error: KadmError): void => {
      this.#say(hostLabel(spec), error)
    }
    const {replacing, restoring} = request
    return {...made, skipped, replacing, restoring, ...(goesOnWithout ? {onSkipped} : {})}
  }

  /** The hosts that the run does without, after it has said so. */
  async #skipped(cluster: Cluster, connector: Connector): Promise<readonly HostSpec[]> {
    const [{unreachableHosts}, {hostLabel}] = await Promise.all([
      import('../runtime/reached-hosts.ts'),
      import('../runtime/wiring/connector.ts'),
    ])
    const found = await unreachableHosts(cluster, connector)
    for (const {spec, error} of found) this.#say(hostLabel(spec), error)
    return found.map(({spec}) => spec)
  }

  #say(host: string, {message}: KadmError): void {
    this.note(`warning: ${host}: ${message}; skipped`)
    this.skippedHosts = [...this.skippedHosts, host]
  }

  /** Applies the phases and shows the progress; the caller reports the result. */
  protected async carryOut(
    request: ChangeRequest,
    flags: ChangeFlags & FormFlags,
    also: Sink = () => undefined,
  ): Promise<Reported<WorkflowResult>> {
    const {carryOutWorkflow} = await import('../../engine/workflows/workflow.ts')
    return this.reported(request.command, flags, async emit => {
      const options = await this.prepare(request, flags, event => {
        emit(event)
        also(event)
      })
      return carryOutWorkflow(options)
    })
  }

  /** Shows the progress of a run; with `-o`, the result document is also printed for a run that fails. */
  protected async reported<T>(
    command: string,
    {output}: FormFlags,
    work: (emit: Sink) => Promise<T>,
  ): Promise<Reported<T>> {
    const {record, report} = recordRun(Date.now)
    try {
      const result = await this.showing(
        view =>
          work(event => {
            view.emit(event)
            record(event)
          }),
        output,
      )
      return {result, report: report()}
    } catch (error) {
      const stopped = asStopped(error, this.signal)
      const document = {command, exitCode: exitCodeOf(stopped), ...report(), errors: errorAsData(stopped)}
      if (output !== undefined) await this.result(output, document, '')
      throw error
    }
  }

  /** Shows what would change, without changing anything. */
  protected async plan(request: ChangeRequest, flags: ChangeFlags & FormFlags): Promise<readonly PlannedChange[]> {
    const {planWorkflow} = await import('../../engine/workflows/workflow.ts')
    const options = await this.prepare(request, flags, event => {
      if (event.type === 'warning') this.note(`${event.host}: warning: ${event.message}`)
    })
    const changes = await planWorkflow(options)
    await this.result(flags.output, {plan: changes}, renderPlan(changes, this.terminal.colours))
    return changes
  }
}

/** The result document of a finished run. */
export const resultData = (
  command: string,
  {result: {changes, nodes, endpoint}, report}: Reported<WorkflowResult>,
): object => ({
  command,
  exitCode: 0,
  ...report,
  changes,
  endpoint,
  nodes: nodes.map(({name, role, address}) => ({name, role, address})),
})
