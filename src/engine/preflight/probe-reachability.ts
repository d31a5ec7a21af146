import {parseAddress} from '../../domain/cidr.ts'
import type {Cluster} from '../../domain/cluster.ts'
import {isOpenedByKadm} from '../../phases/host/firewall.ts'
import type {Finding} from '../../phases/preflight/finding.ts'
import {
  answerable,
  behindFirewall,
  judgeProbes,
  probePlan,
  probeSockets,
  type ProbedHost,
} from '../../phases/preflight/reachability.ts'
import type {Host} from '../../remote/host.ts'
import {
  listenScript,
  parseListener,
  parseProbes,
  probeScript,
  stopScript,
  type Listener,
  type Probe,
  type ProbeResult,
} from '../../facts/reachability.ts'

export interface Reachable extends ProbedHost {
  readonly host: Host
}

export interface Probing {
  readonly cluster: Cluster
  readonly hosts: readonly Reachable[]
  readonly signal: AbortSignal
}

/** Starts a listener on every host, connects from every host, and stops the listeners; leaves nothing behind. */
export async function probeReachability({cluster, hosts, signal}: Probing): Promise<readonly Finding[]> {
  const nodes = hosts.map(({node}) => node)
  const usable = hosts.filter(({node}) => node.address !== '')
  const listeners = new Map(
    await Promise.all(
      usable.map(async ({host, node}): Promise<readonly [string, Listener]> => {
        const family = parseAddress(node.address)?.family ?? 4
        const script = listenScript(family, probeSockets(node, nodes, cluster))
        return [node.name, parseListener(await host.read(script.text, {signal}))]
      }),
    ),
  )
  try {
    const probes = answerable(probePlan(usable, cluster), listeners).filter(
      ({to}) => !usable.some(({node, facts}) => node.name === to && isOpenedByKadm(facts)),
    )
    const results = await Promise.all(usable.map(one => askFrom(one, probes, signal)))
    return [...judgeProbes(results.flat(), listeners), ...behindFirewall(usable)]
  } finally {
    await Promise.allSettled(
      usable.flatMap(({host, node}) => {
        const pid = listeners.get(node.name)?.pid
        return pid === undefined ? [] : [host.run(stopScript(pid).text)]
      }),
    )
  }
}

async function askFrom(
  {host, node}: Reachable,
  all: readonly Probe[],
  signal: AbortSignal,
): Promise<readonly ProbeResult[]> {
  const probes = all.filter(({from}) => from === node.name)
  return probes.length === 0 ? [] : parseProbes(await host.read(probeScript(probes).text, {signal}), probes)
}
