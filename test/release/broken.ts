import type {TestLab} from '../e2e/test-lab.ts'

/** Where the trouble is seen: on a machine, or in what the API shows. */
export type Place = 'master' | 'worker-1' | 'cluster'

/** A way to break a cluster, and what must be said of it. */
export interface Broken {
  /** The rule that must name it. */
  readonly name: string
  readonly place: Place
  /** Each machine where the pods of the cluster run may name it, by their logs. */
  readonly isShownByPods?: boolean
  /** Breaks it, as root on that machine; what is the cluster's, on its control plane. */
  readonly how: string | ((lab: TestLab) => Promise<unknown>)
  /** Where it is broken, when that is not where it is seen. */
  readonly brokenOn?: 'master'
  /** What the fix asks people to do by hand before what it tells them to type; as root where it was broken. */
  readonly byHand?: string
  /** A second command of the fix is for the case that the first one was not enough. */
  readonly firstMayFail?: boolean
  /** What the break leaves behind that no fix can know of; as root where it was broken. */
  readonly afterwards?: string
  /** All of its commands are typed, one after the other. */
  readonly everything?: boolean
}

export const ADMIN = 'export KUBECONFIG=/etc/kubernetes/admin.conf'
