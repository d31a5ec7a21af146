import {KadmError} from '../../domain/errors.ts'
import {SIGN_THEM} from '../../domain/external-ca.ts'
import {isElsewhere, type PhaseContext, type Step} from '../../phases/phase.ts'
import {throughCuts} from '../../remote/reconnect/come-back.ts'
import {CA_NAMES} from '../../domain/certificates.ts'
import type {AnyHostResource, AnyResource} from '../../resources/any-resource.ts'
import {look} from '../hosts/look.ts'
import {contextOf, scheduleOf} from '../schedule/run.ts'
import {machineOf, runOf, type PreflightedSession} from '../schedule/run-of.ts'
import type {WorkflowOptions} from './options.ts'

/** Throws `preflight` when a file that was signed elsewhere does not fit: kadm cannot issue it again in the middle of a run. */
export async function refuseUnfit(options: WorkflowOptions, session: PreflightedSession): Promise<void> {
  const machines = session.candidates.map(candidate => machineOf(session, candidate, undefined))
  const run = runOf(options, session, machines)
  const {graph} = scheduleOf(run)
  const found = machines.map(async machine => {
    const steps = graph.lane(machine.node).map(({step}) => step)
    const signed = signedElsewhere(steps, contextOf(run, machine))
    if (signed.length === 0) return []
    const looked = await throughCuts(() => look(machine.host, signed, run.signal), run)
    return looked.flatMap(({resource, diff}) =>
      diff === undefined ? [] : [`${machine.node.name}: ${resource.id.replace(/^.*?:/, '')}: ${diff}`],
    )
  })
  const unfit = (await Promise.all(found)).flat()
  if (unfit.length === 0) return
  throw new KadmError(
    'preflight',
    `${String(unfit.length)} files cannot be used, and kadm cannot replace them without the key of their CA; nothing was changed`,
    {evidence: unfit.join('\n'), hint: `move these files away; then ${SIGN_THEM}`},
  )
}

/** The certificates and kubeconfigs of these steps that kadm does not issue itself on this machine. */
export function signedElsewhere(steps: readonly Step[], context: PhaseContext): readonly AnyHostResource[] {
  if (!CA_NAMES.some(name => isElsewhere(context, name))) return []
  return steps
    .filter(({phase}) => (phase.when?.(context) ?? true) === true)
    .flatMap(({phase}) => phase.resources?.(context) ?? [])
    .filter(isSigned)
}

const isSigned = (resource: AnyResource): resource is AnyHostResource =>
  (resource.kind === 'kubeconfig' || (resource.kind === 'certificate' && resource.signer !== undefined)) &&
  resource.isKeyElsewhere === true
