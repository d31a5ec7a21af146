import type {Lab} from '../../src/lab/run/lab.ts'

/** What kadm and the script with kubeadm both make, in turn on the same machines. */
export interface Contest {
  readonly machines: readonly string[]
  /** Lets both make it once from bare machines, and notes the times under these names. */
  readonly round: (lab: Lab, folder: string) => Promise<void>
  readonly byKadm: string
  readonly byScript: string
  readonly what: string
}
