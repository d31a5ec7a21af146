const MADE_BY = '; made by '

const forNode = (node: string): string => `kadm: to join ${node}, deleted after it`

/**
 * The description of a join token. It names the node and the run, so that another run can tell whether the
 * token is still needed.
 */
export const joinTokenDescription = (node: string, holder: string): string => `${forNode(node)}${MADE_BY}${holder}`

/** The node that a run created the token for; undefined for any other token. */
export const nodeOf = (description: string | undefined): string | undefined =>
  /^kadm: to join (\S+), deleted after it; made by /.exec(description ?? '')?.[1]

/** The holder that created a join token; undefined for any other token. */
export function makerOf(description: string | undefined): string | undefined {
  const at = description?.startsWith('kadm: to join ') === true ? description.indexOf(MADE_BY) : -1
  return description === undefined || at < 0 ? undefined : description.slice(at + MADE_BY.length)
}
