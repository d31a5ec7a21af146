import {KadmError} from '../domain/errors.ts'
import type {Evidence} from '../domain/evidence.ts'
import type {Host} from '../remote/host.ts'
import {collectEvidence} from './collect-evidence.ts'
import {diagnose} from './diagnose.ts'
import type {Diagnosis, Waited} from './diagnosis.ts'
import {linesOf, proofOf} from './log.ts'

/** Failures that a look at the host explains; the others explain themselves or have no host to look at. */
const EXPLAINED: readonly KadmError['code'][] = ['timeout', 'remote', 'verify']

/** Looks at the host and says why it failed. Best effort: what it cannot do, it leaves as it was; it never throws. */
export async function explainFailure(
  host: Host,
  error: KadmError,
  what: Waited,
  signal?: AbortSignal,
): Promise<KadmError> {
  if (!EXPLAINED.includes(error.code) || signal?.aborted === true) return error
  try {
    const evidence = await collectEvidence(host, signal)
    return explained(error, diagnose(evidence, what), evidence)
  } catch {
    // The first error must not be hidden by one about looking for its cause.
    return error
  }
}

/** The same failure with the most likely cause in its message, what proves it, and one fix. */
function explained(error: KadmError, diagnoses: readonly Diagnosis[], evidence: Evidence): KadmError {
  const [first, ...others] = diagnoses
  if (first === undefined) {
    const words = lastWords(evidence)
    if (words.length === 0) return error
    return new KadmError(error.code, error.message, {
      ...detailsOf(error),
      evidence: [error.evidence, 'no known cause; the last errors on the host:', ...words].filter(Boolean).join('\n'),
    })
  }
  const also = others.map(({cause}) => `also seen: ${cause}`)
  return new KadmError(error.code, [error.message, `${lead(first)}: ${first.cause}`, ...also].join('\n'), {
    ...detailsOf(error),
    evidence: [error.evidence, ...first.proof].filter(Boolean).join('\n'),
    hint: first.fix,
  })
}

const lead = ({certainty}: Diagnosis): string => (certainty === 'certain' ? 'cause' : `${certainty} cause`)

const detailsOf = ({host, hint, evidence, cause}: KadmError) => ({host, hint, evidence, cause})

const lastWords = (evidence: Evidence): readonly string[] =>
  (['kubelet', 'containerd'] as const).flatMap(source =>
    proofOf(
      linesOf(evidence, source)
        .filter(({text}) => /^[EF]\d{4} |level=(?:error|fatal)/.test(text))
        .slice(-2)
        .map(line => ({source, line, groups: []})),
    ),
  )
