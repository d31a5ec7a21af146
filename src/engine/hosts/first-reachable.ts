import type {AddressChoice} from '../../phases/preflight/address-choice.ts'
import type {Finding} from '../../phases/preflight/finding.ts'

export interface ReachableChoice {
  readonly choice: AddressChoice
  /** The results of the hosts' attempts to reach one another. */
  readonly findings: readonly Finding[]
}

/**
 * The first choice of addresses with which all hosts reach one another; if no choice works, the first one, with
 * the failures of each.
 */
export async function firstReachable(
  choices: readonly AddressChoice[],
  probe: (choice: AddressChoice) => Promise<readonly Finding[]>,
): Promise<ReachableChoice> {
  const tried: ReachableChoice[] = []
  for (const choice of choices) {
    const findings = await probe(choice)
    const isGood = choice.nodes.every(({address}) => address !== '') && !findings.some(isError)
    if (isGood) return {choice, findings: [...findings, ...notTaken(tried[0]?.findings ?? [])]}
    tried.push({choice, findings})
  }
  const [first] = tried
  if (first === undefined) throw new Error('there is always a first choice')
  return {choice: first.choice, findings: tried.flatMap(({findings}) => findings)}
}

const isError = ({severity}: Finding): boolean => severity === 'error'

/** Why kadm did not use the addresses that it preferred. */
const notTaken = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(isError).map(finding => ({
    ...finding,
    severity: 'info',
    message: `${finding.message}; kadm uses other addresses`,
    remedy: 'you need to do nothing, unless you want to use that network',
  }))
