import type {Node} from '../../domain/cluster.ts'
import type {Facts} from '../../domain/facts.ts'
import type {Host} from '../../remote/host.ts'
import type {Lease} from '../lease/lease.ts'

/** A connected host of this run, with its facts and its node. */
export interface Machine {
  readonly host: Host
  readonly node: Node
  readonly facts: Facts
  readonly lease: Lease | undefined
}
