import {KadmError} from '../domain/errors.ts'
import type {Evidence} from '../domain/evidence.ts'
import type {Host} from '../remote/host.ts'
import {collectEvidence} from './collect-evidence.ts'
import {diagnose} from './diagnose.ts'
import type {Diagnosis, Waited} from './diagnosis.ts'
import {linesOf, proofOf} from './log.ts'

/** Failures that a look at the host explains; the others explain themselves or have no host to look at. */
const EXPLAINED: readonly KadmError['code'][] = ['timeout', 'remote', 'verify']

/** What a host sees of a trouble that may be another's: its own log cannot tell why the other does not answer. */
const SEEN_FROM_AFAR = new Set([
  ...['api-refused', 'api-slow', 'api-unreachable', 'api-unhealthy', 'api-authority', 'api-address'],
  ...['pod-network-missing', 'request-not-approved', 'pod-range', 'kubelet-port', 'pod-tunnel', 'bootstrap-token'],
])

const MOST_HOSTS = 8

export interface ExplainOptions {
  readonly signal?: AbortSignal | undefined
  /** Machines that the failure may be about, those that run the control plane first. Not the host itself. */
  readonly others?: () => Promise<readonly Host[]>
}

interface Found {
  /** undefined for the host where it failed. */
  readonly host: string | undefined
  readonly diagnosis: Diagnosis
}

/** Looks at the host, and where that does not tell at the others, and says why it failed. Best effort: what it cannot do, it leaves as it was; it never throws. */
export async function explainFailure(
  host: Host,
  error: KadmError,
  what: Waited,
  {signal, others}: ExplainOptions = {},
): Promise<KadmError> {
  if (!EXPLAINED.includes(error.code) || signal?.aborted === true) return error
  try {
    const evidence = await collectEvidence(host, signal)
    const own = diagnose(evidence, what).map(diagnosis => ({host: undefined, diagnosis}))
    const isKnown = own.some(({diagnosis}) => diagnosis.certainty === 'certain' && !SEEN_FROM_AFAR.has(diagnosis.name))
    const elsewhere = isKnown || others === undefined ? [] : await lookAt(await others(), error, what, signal)
    return explained(error, inOrder(own, elsewhere), evidence)
  } catch (cause) {
    return unexplained(error, cause)
  }
}

/** Machines that the failure names are looked at before those it does not. */
async function lookAt(
  all: readonly Host[],
  {message, evidence = ''}: KadmError,
  what: Waited,
  signal: AbortSignal | undefined,
): Promise<readonly Found[]> {
  const text = `${message} ${evidence}`
  const named = all.filter(({name}) => text.includes(name))
  const chosen = [...new Set([...named, ...all])].slice(0, MOST_HOSTS)
  const looked = await Promise.allSettled(
    chosen.map(async host => ({host: host.name, evidence: await collectEvidence(host, signal)})),
  )
  return looked.flatMap(result =>
    result.status === 'rejected'
      ? []
      : diagnose(result.value.evidence, what).map(diagnosis => ({host: result.value.host, diagnosis})),
  )
}

/** What a host only sees from afar comes after what another one says of itself; one cause of many hosts stands there once. */
function inOrder(own: readonly Found[], others: readonly Found[]): readonly Found[] {
  const isCause = ({diagnosis}: Found): boolean =>
    !SEEN_FROM_AFAR.has(diagnosis.name) && diagnosis.certainty !== 'possible'
  const sorted = [
    ...own.filter(isCause),
    ...others.filter(isCause),
    ...own.filter(found => !isCause(found)),
    ...others.filter(found => !isCause(found) && own.length === 0),
  ]
  return sorted.filter(({diagnosis}, i) => sorted.findIndex(other => other.diagnosis.cause === diagnosis.cause) === i)
}

const MOST_OTHERS = 4

/** The first error must not be hidden by one about looking for its cause, which is reported beside it. */
function unexplained(error: KadmError, cause: unknown): KadmError {
  const why = cause instanceof Error ? cause.message : String(cause)
  const hint = cause instanceof KadmError ? cause.hint : undefined
  return new KadmError(error.code, error.message, {
    ...detailsOf(error),
    hint: error.hint ?? hint,
    evidence: [error.evidence, `could not inspect the machine for the cause: ${why}`].filter(Boolean).join('\n'),
  })
}

/** The same failure with the most likely cause in its message, what proves it, and one fix. */
function explained(error: KadmError, found: readonly Found[], evidence: Evidence): KadmError {
  const [first, ...others] = found
  if (first === undefined) {
    const words = lastWords(evidence)
    if (words.length === 0) return error
    return new KadmError(error.code, error.message, {
      ...detailsOf(error),
      evidence: [error.evidence, 'no known cause; the last errors on the host:', ...words].filter(Boolean).join('\n'),
    })
  }
  const {host, diagnosis} = first
  const also = others.slice(0, MOST_OTHERS).map(other => `also seen${place(other)}: ${other.diagnosis.cause}`)
  return new KadmError(
    error.code,
    [error.message, `${lead(diagnosis)}${place(first)}: ${diagnosis.cause}`, ...also].join('\n'),
    {
      ...detailsOf(error),
      evidence: [error.evidence, ...diagnosis.proof.map(line => (host === undefined ? line : `${host}: ${line}`))]
        .filter(Boolean)
        .join('\n'),
      hint: host === undefined ? diagnosis.fix : `on ${host}: ${diagnosis.fix}`,
    },
  )
}

const place = ({host}: Found): string => (host === undefined ? '' : ` on ${host}`)

const lead = ({certainty}: Diagnosis): string => (certainty === 'certain' ? 'cause' : `${certainty} cause`)

const detailsOf = ({host, hint, evidence, cause}: KadmError) => ({host, hint, evidence, cause})

/** Located by every kubelet in a container, and by none that fails of it. */
const HARMLESS =
  /oom_score_adj|oom score|rlimit|Failed to read data from checkpoint|ContainerStatus .*NotFound|cni config load failed/

const lastWords = (evidence: Evidence): readonly string[] =>
  (['kubelet', 'containerd'] as const).flatMap(source =>
    proofOf(
      linesOf(evidence, source)
        .filter(({text}) => /^[EF]\d{4} |level=(?:error|fatal)/.test(text) && !HARMLESS.test(text))
        .slice(-2)
        .map(line => ({source, line, groups: []})),
    ),
  )
