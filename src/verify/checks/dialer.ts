import {KadmError} from '../../domain/errors.ts'
import {isObject, listAt} from '../../kube/json.ts'
import {apiPath, query} from '../../kube/kinds.ts'
import type {CallOptions} from '../../kube/requester.ts'
import type {Probe, CheckContext} from '../check-context.ts'

/** What came of a few requests that a pod made for us. */
interface Dialed {
  readonly tries: number
  /** What was answered: names of pods, where pods of ours were asked. */
  readonly answers: readonly string[]
  readonly errors: readonly string[]
}

interface Wanted {
  readonly host: string
  readonly port: number
  readonly tries: number
}

export type Dialer = (wanted: Wanted) => Promise<Dialed>

/** The API server's way to a probe, which leads over the pod network. */
const proxyTo = ({namespace}: CheckContext, probe: Probe): string =>
  `${apiPath.pods(`${probe.name}:8080`, namespace)}/proxy`

/**
 * A probe that sends requests for us, asked through the API server's proxy. The API server must reach that pod itself,
 * which is surest on its own node, so those are tried first.
 */
export async function dialer(context: CheckContext, probes: readonly Probe[]): Promise<Dialer> {
  const {api, signal} = context
  const problems: string[] = []
  for (const probe of probes.toSorted((a, b) => Number(b.controlPlane) - Number(a.controlPlane))) {
    const path = `${proxyTo(context, probe)}/hostname`
    const {status, text} = await api.raw({method: 'GET', path, accept: '*/*', signal})
    if (status === 200) return wanted => dial(context, probe, wanted)
    problems.push(`${probe.node}: ${text.trim()}`)
  }
  throw new KadmError('verify', 'the API server cannot reach pods through its proxy', {
    evidence: problems.join('\n'),
    hint: 'check that the control plane itself has a route to the pod range',
  })
}

/** Has a probe send HTTP requests (`/dial` of agnhost's netexec, which gives each five seconds). */
export async function dial(
  context: CheckContext,
  probe: Probe,
  wanted: Wanted,
  options: CallOptions = {timeoutMs: 30_000},
): Promise<Dialed> {
  const {api, signal} = context
  const path = `${proxyTo(context, probe)}/dial${query({...wanted, protocol: 'http', request: 'hostname'})}`
  const text = await api.getText(path, {signal, ...options})
  const answer: unknown = JSON.parse(text)
  if (!isObject(answer))
    throw new KadmError('verify', 'the test pod did not report the results of its requests', {evidence: text})
  const texts = (field: string): readonly string[] =>
    listAt(answer, field).filter((one): one is string => typeof one === 'string')
  return {tries: wanted.tries, answers: texts('responses'), errors: texts('errors')}
}
