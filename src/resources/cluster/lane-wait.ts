import type {WaitOptions} from '../../kube/wait.ts'
import type {OperationContext} from '../core/operation.ts'

/**
 * What every wait of an operation has in common. A wait through the API goes by the control plane's machine; it ends all the same when
 * the machine that it is for is lost.
 */
export const laneWait = ({
  host,
  clock,
  signal,
}: OperationContext): Pick<WaitOptions, 'clock' | 'signal' | 'host' | 'reach'> => ({
  clock,
  signal,
  host: host.name,
  reach: () => host.reach?.({signal}) ?? Promise.resolve(),
})
