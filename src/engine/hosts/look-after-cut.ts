import {hostLost, KadmError} from '../../domain/errors.ts'
import {throughCuts, type Persistence} from '../../remote/reconnect/come-back.ts'
import type {Host, RunResult} from '../../remote/host.ts'
import type {AnyHostResource} from '../../resources/any-resource.ts'
import {isBusy, runFenced} from '../lease/fence.ts'
import {lookScript, parseLooks, type Looked} from './look.ts'

/** Each try waits one minute for the lock: longer than any wait of an act on a host. */
const MOST_TURNS = 6

export interface AfterCut extends Persistence {
  readonly fence: number
  readonly progress: (message: string) => void
}

/**
 * Finds the result of an act during which the connection was lost. kadm never repeats the act without this
 * check, because its script may still be running on the host. The look waits until the script ends, because
 * every act holds the lock that the look takes (fence.ts).
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
