import {hostLost, KadmError} from '../../domain/errors.ts'
import {throughCuts, type Persistence} from '../../remote/reconnect/come-back.ts'
import type {Host, RunResult} from '../../remote/host.ts'
import type {AnyHostResource} from '../../resources/any-resource.ts'
import {isBusy, runFenced} from '../lease/fence.ts'
import {lookScript, parseLooks, type Looked} from './look.ts'

/** Each turn waits a minute for the lock: longer than any wait that an act makes on a host. */
const MOST_TURNS = 6

export interface AfterCut extends Persistence {
  readonly fence: number
  readonly progress: (message: string) => void
}

/**
 * What an act has done during which the connection was lost. It is never done again unseen: it may run to its end over
 * there, where nobody has heard of the cut yet. The look waits for that end, because it takes the lock that every act
 * holds (fence.ts).
 */
export async function lookAfterCut(
  host: Host,
  wanted: readonly AnyHostResource[],
  after: AfterCut,
): Promise<readonly Looked[]> {
  const result = await oncePossible(host, wanted, after)
  if (result.code === 0) return parseLooks(result, wanted, host.name)
  throw new KadmError('remote', `could not inspect the host: the script exited with code ${String(result.code)}`, {
    host: host.name,
    evidence: result.stderr,
  })
}

async function oncePossible(host: Host, wanted: readonly AnyHostResource[], after: AfterCut): Promise<RunResult> {
  const {fence, progress, signal} = after
  for (let turn = 1; ; turn++) {
    try {
      return await throughCuts(() => runFenced(host, fence, lookScript(wanted), {signal}), after)
    } catch (error) {
      if (!isBusy(error)) throw error
      if (turn === MOST_TURNS) throw stillAtWork(host.name, error)
      progress('waiting for the script that was running before the connection was lost')
    }
  }
}

const stillAtWork = (host: string, cause: KadmError): KadmError =>
  hostLost(host, 'the connection was lost, and the script with the changes is still running there', {
    hint: 'run the same command again in a few minutes; completed steps are skipped',
    evidence: cause.evidence,
    cause,
  })
