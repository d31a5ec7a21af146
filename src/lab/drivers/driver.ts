import type {LabState, MachineState} from '../state/lab-state.ts'
import type {ProcessIdentity} from './process-identity.ts'

/** How machines of one sort are powered: containers that share this kernel, or VMs with their own. */
export interface MachineDriver<M extends MachineState = MachineState> {
  /** What a boot to the first login may take. */
  readonly loginMs: number
  /** Whether a machine is on, or will be in a moment. */
  readonly isOn: (lab: string, machine: string) => Promise<boolean>
  /** The process on this system that is the machine; undefined while it is down or just coming up. */
  readonly leaderOf: (lab: string, machine: string) => Promise<ProcessIdentity | undefined>
  /** Powers it on, from a pristine disk where it has none yet; returns before it takes a login. Nothing for one that is on. */
  readonly start: (lab: LabState, machine: M) => Promise<void>
  /** Powers it off: asks its init first and waits `graceMs`, then pulls the plug; 0 does not ask. Its disk stays. */
  readonly stop: (lab: LabState, machine: M, graceMs: number) => Promise<void>
  /** Asks its init to boot again, and returns when it went down. */
  readonly reboot: (lab: LabState, machine: M, signal?: AbortSignal) => Promise<void>
  /** Forgets its disk; only for one that is off. */
  readonly wipe: (lab: LabState, machine: M) => Promise<void>
}
