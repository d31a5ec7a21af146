import {KadmError} from '../../domain/errors.ts'
import {isObject, listAt} from '../../kube/json.ts'
import {PATHS, query} from '../../kube/kinds.ts'
import type {Probe, Scene} from '../scene.ts'

/** What came of a few requests that a pod made for us. */
interface Dialed {
  readonly tries: number
  /** Names of the pods that answered. */
  readonly servers: readonly string[]
  readonly errors: readonly string[]
}

export type Dialer = (host: string, port: number, tries: number) => Promise<Dialed>

/**
 * A probe that sends requests for us, asked through the API server's proxy. The API server must reach that pod itself,
 * which is surest on its own node, so those are tried first.
 */
export async function dialer(scene: Scene, probes: readonly Probe[]): Promise<Dialer> {
  const {api, namespace, signal} = scene
  const proxy = (probe: Probe): string => `${PATHS.pods(`${probe.name}:8080`, namespace)}/proxy`
  const problems: string[] = []
  for (const probe of probes.toSorted((a, b) => Number(b.controlPlane) - Number(a.controlPlane))) {
    const {status, text} = await api.raw({method: 'GET', path: `${proxy(probe)}/hostname`, accept: '*/*', signal})
    if (status === 200) return (host, port, tries) => dial(scene, proxy(probe), {host, port, tries})
    problems.push(`${probe.node}: ${text.trim()}`)
  }
  throw new KadmError('verify', 'the API server reaches no pod through its proxy', {
    evidence: problems.join('\n'),
    hint: 'check that the control plane itself has a route to the pod range',
  })
}

interface Wanted {
  readonly host: string
  readonly port: number
  readonly tries: number
}

async function dial({api, signal}: Scene, proxy: string, wanted: Wanted): Promise<Dialed> {
  const path = `${proxy}/dial${query({...wanted, protocol: 'http', request: 'hostname'})}`
  const text = await api.getText(path, {signal, timeoutMs: 30_000})
  const answer: unknown = JSON.parse(text)
  if (!isObject(answer))
    throw new KadmError('verify', 'the test pod did not say what became of its requests', {evidence: text})
  const texts = (field: string): readonly string[] =>
    listAt(answer, field).filter((one): one is string => typeof one === 'string')
  return {tries: wanted.tries, servers: texts('responses'), errors: texts('errors')}
}
