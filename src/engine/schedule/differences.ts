import type {AnyHostResource, AnyResource, OperationResource} from '../../resources/any-resource.ts'
import {isOperation, kindOf, operationOf} from '../../resources/any-resource.ts'
import {throughCuts} from '../../remote/reconnect/come-back.ts'
import type {Job} from './job-graph.ts'
import {look, type Looked} from '../hosts/look.ts'
import type {Machine} from '../hosts/machine.ts'
import {contextOf, operationContext, type Run} from './run.ts'

/** One difference: for plans, events and the saved plan. */
export interface PlannedChange {
  readonly host: string
  readonly phase: string
  readonly resource: string
  readonly why: string
  readonly diff: string
  readonly detail: string | undefined
}

/** The state of a host at the start of the run, by the ids of its resources; valid until the run changes something there. */
export type FirstLook = ReadonlyMap<string, Looked>

/** The resources of a phase that differ from their desired state. */
export interface Differences {
  readonly host: readonly Looked[]
  readonly operations: readonly LookedOperation[]
}

export interface LookedOperation {
  readonly resource: OperationResource
  readonly diff: string
}

export async function differences(
  run: Run,
  machine: Machine,
  resources: readonly AnyResource[],
  first?: FirstLook,
): Promise<Differences> {
  const hostResources = resources.filter((r): r is AnyHostResource => !isOperation(r))
  const operations = resources.filter(isOperation)
  const context = operationContext(run, machine, () => undefined)
  const known = first === undefined ? undefined : hostResources.flatMap(({id}) => first.get(id) ?? [])
  const [looked, found] = await Promise.all([
    known?.length === hostResources.length
      ? known
      : throughCuts(() => look(machine.host, hostResources, run.signal), run),
    Promise.all(
      operations.map(async resource => ({
        resource,
        diff: await throughCuts(() => operationOf(resource).look(resource, context), run),
      })),
    ),
  ])
  return {
    host: looked.filter(({diff}) => diff !== undefined),
    operations: found.flatMap(({resource, diff}) => (diff === undefined ? [] : [{resource, diff}])),
  }
}

export const hostChange = (job: Job, {resource, state, diff}: Looked): PlannedChange => ({
  host: job.node.name,
  phase: job.step.path,
  resource: resource.id,
  why: resource.why,
  diff: diff ?? '',
  detail: kindOf(resource).detail?.(resource, state),
})

export const operationChange = (job: Job, {resource, diff}: LookedOperation): PlannedChange => ({
  host: job.node.name,
  phase: job.step.path,
  resource: resource.id,
  why: resource.why,
  diff,
  detail: undefined,
})

export const plannedOf = (job: Job, found: Differences): readonly PlannedChange[] => [
  ...found.host.map(looked => hostChange(job, looked)),
  ...found.operations
    .filter(({resource}) => operationOf(resource).onlyWaits !== true)
    .map(looked => operationChange(job, looked)),
]

/** All resources of a host's lane that shell can look at, in one script. */
export async function firstLook(run: Run, machine: Machine, lane: readonly Job[]): Promise<FirstLook> {
  const context = contextOf(run, machine)
  const resources = lane
    .filter(({step}) => (step.phase.when?.(context) ?? true) === true)
    .flatMap(({step}) => step.phase.resources?.(context) ?? [])
    .filter((r): r is AnyHostResource => !isOperation(r))
  const unique = [...new Map(resources.map(resource => [resource.id, resource])).values()]
  const looked = await throughCuts(() => look(machine.host, unique, run.signal), run)
  return new Map(looked.map(l => [l.resource.id, l]))
}
