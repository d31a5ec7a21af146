import {hostPort, type HostPort} from '../../domain/endpoint.ts'
import {KadmError} from '../../domain/errors.ts'
import type {Probe, CheckContext} from '../check-context.ts'
import {dial} from './dialer.ts'

/** What the other end is given, and a little for the way there. */
const ASKED = {timeoutMs: 8_000, retryForMs: 0} as const

/**
 * Has a probe open a connection; gives what went wrong, else undefined. It is asked over the API server's way to it, which costs its
 * node next to nothing; where that way fails, by a command in it, which goes through its kubelet and needs no pod network.
 */
export async function reach(context: CheckContext, probe: Probe, target: HostPort): Promise<string | undefined> {
  try {
    // Whatever answers was reached, and be it to say that it speaks something else.
    const {errors} = await dial(context, probe, {...target, tries: 1}, ASKED)
    if (errors.length === 0) return undefined
    // A request has its five seconds whatever the machine; a command is given as long as it may take there.
    if (context.timeoutScale === 1) return errors.map(withoutRequest).join('; ')
  } catch (error) {
    if (!(error instanceof KadmError) || error.code === 'cancelled') throw error
  }
  return connect(context, probe, hostPort(target.host, target.port))
}

/** `Get "http://10.96.0.77:80/hostname": dial tcp …`: the label says where to. */
const withoutRequest = (error: string): string => error.replace(/^Get "[^"]*": /, '')

const CONNECT_SECONDS = 5
/** A resolver without an answer may try for longer than the connection would. */
const LOOKUP_MS = 15_000

/** In agnhost's words: TIMEOUT, REFUSED, DNS, OTHER. */
async function connect(context: CheckContext, probe: Probe, target: string): Promise<string | undefined> {
  const command = ['/agnhost', 'connect', target, `--timeout=${Math.ceil(CONNECT_SECONDS * context.timeoutScale)}s`]
  try {
    const result = await context.exec(probe, command, LOOKUP_MS)
    return result.code === 0 ? undefined : result.stderr.trim() || `exit code ${result.code}`
  } catch (error) {
    if (error instanceof KadmError && error.code === 'timeout') return 'TIMEOUT of the command that tried'
    throw error
  }
}
