import type {WaitOptions} from '../../kube/wait.ts'
import type {OperationContext} from '../core/operation.ts'

/**
 * Options that every wait of an operation shares. A wait through the API depends on the control plane's
 * machine, but it also ends when the machine that it is for is lost.
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
