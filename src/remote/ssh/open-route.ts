import type {ConnectOptions} from './connect-options.ts'
import type {Hop} from './route.ts'
import {openClient, type OpenedClient} from './ssh-client.ts'

/** Opens all connections of a route, each through the previous one; the last reaches the machine itself. */
export async function openRoute(
  hops: readonly Hop[],
  dialling: ConnectOptions,
): Promise<readonly [OpenedClient, ...OpenedClient[]]> {
  const opened: OpenedClient[] = []
  try {
    for (const hop of hops) opened.push(await openClient(hop, opened.at(-1)?.client, dialling))
    const [first, ...others] = opened
    if (first === undefined) throw new Error('a route has at least one hop')
    return [first, ...others]
  } catch (error) {
    opened.toReversed().forEach(({cut}) => cut())
    throw error
  }
}
