import {setTimeout as sleep} from 'node:timers/promises'
import type {Cluster, Node} from '../../domain/cluster.ts'
import {hostPort} from '../../domain/endpoint.ts'
import {balancerOf} from '../../domain/load-balancer.ts'
import {KadmError} from '../../domain/errors.ts'
import type {ForwardTry} from '../../phases/preflight/input.ts'
import type {Host} from '../../remote/host.ts'

/**
 * A refusal by policy arrives at once; a forward to an address that the machine does not have yet may get no
 * answer.
 */
const WITHIN_MS = 5000

interface Place {
  readonly address: string
  readonly port: number
}

/**
 * Tests the forwards that a run needs from this host: on a control plane, to its API server and to the health
 * ports on loopback.
 */
export async function tryForwards(host: Host, node: Node, cluster: Cluster): Promise<readonly ForwardTry[]> {
  if (node.role !== 'control-plane') return []
  const balancer = balancerOf(cluster)
  const ports = [10_248, 10_257, 10_259, ...(balancer === undefined ? [] : [balancer.healthPort])]
  const loopback = ports.map((port): Place => ({address: '127.0.0.1', port}))
  const api: Place = {address: node.address, port: cluster.apiPort}
  return Promise.all((node.address === '' ? loopback : [...loopback, api]).map(place => tryOne(host, place)))
}

/** It does not matter whether a program listens there: only a refusal by policy counts. */
async function tryOne(host: Host, {address, port}: Place): Promise<ForwardTry> {
  const over = new AbortController()
  const isForbidden = host.forward(address, port).then(
    stream => {
      stream.on('error', () => undefined)
      stream.destroy()
      return false
    },
    (error: unknown) => {
      if (error instanceof KadmError) return error.code === 'no-forwarding'
      throw error
    },
  )
  const late = sleep(WITHIN_MS, false, {signal: over.signal}).catch(() => false)
  try {
    return {to: hostPort(address, port), isForbidden: await Promise.race([isForbidden, late])}
  } finally {
    over.abort()
  }
}
