import type {Cluster, HostSpec} from '../../domain/cluster.ts'
import {isAway, KadmError} from '../../domain/errors.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import {hostLabel, type Connector} from './wiring/connector.ts'

/** A host that cannot be reached, and why. */
export interface SkippedHost {
  readonly spec: HostSpec
  readonly error: KadmError
}

/**
 * The hosts of the file that kadm cannot reach. Rejects with everything else that is wrong with a host, such as a changed host
 * key or a wrong login, and when no control plane is left.
 */
export async function unreachableHosts(
  {hosts}: Pick<Cluster, 'hosts'>,
  {connect}: Pick<Connector, 'connect'>,
): Promise<readonly SkippedHost[]> {
  const found = await onEach(hosts, MACHINES_AT_ONCE, async spec => {
    try {
      await connect(spec)
      return undefined
    } catch (error) {
      if (isAway(error)) return {spec, error}
      throw error
    }
  })
  const skipped = found.flatMap(one => one ?? [])
  const missing = new Set(skipped.map(({spec}) => spec))
  if (skipped.length === 0 || hosts.some(host => host.role === 'control-plane' && !missing.has(host))) return skipped
  throw new KadmError('connect', 'no control plane of the file can be reached; nothing was changed', {
    evidence: skipped.map(({spec, error}) => `${hostLabel(spec)}: ${error.message}`).join('\n'),
    hint: 'start a control plane, or check the addresses in the file',
  })
}
