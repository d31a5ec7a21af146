const MADE_BY = '; made by '

const forNode = (node: string): string => `kadm: to join ${node}, deleted after it`

/** What a run writes to a token that it makes for a join: for which node, and which run, so that another one can tell whether it is needed. */
export const joinTokenDescription = (node: string, holder: string): string => `${forNode(node)}${MADE_BY}${holder}`

/** The node that a run created the token for; undefined for any other token. */
export const nodeOf = (description: string | undefined): string | undefined =>
  /^kadm: to join (\S+), deleted after it; made by /.exec(description ?? '')?.[1]

/** The holder that made a token for a join; undefined for any other token. */
export function makerOf(description: string | undefined): string | undefined {
  const at = description?.startsWith('kadm: to join ') === true ? description.indexOf(MADE_BY) : -1
  return description === undefined || at < 0 ? undefined : description.slice(at + MADE_BY.length)
}
