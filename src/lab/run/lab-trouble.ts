import {KadmError} from '../../domain/errors.ts'
import {sh} from '../../remote/shell/shell.ts'
import {inMachine} from '../drivers/in-machine.ts'
import {changeLab} from './lab-script.ts'
import type {LabState, VmState} from '../state/lab-state.ts'
import {findMachine} from './lab.ts'
import {resetVm, setCable} from '../drivers/vm.ts'

/** Resets a VM like its reset button: it boots again without a clean shutdown. */
export const labReset = async (lab: string, machine: string): Promise<void> => onVm(lab, machine, resetVm)

/** Pulls the cable out of one card of a VM, or puts it back in. */
export const labCable = async (lab: string, machine: string, card: 'nat' | 'lab', plugged: boolean): Promise<void> =>
  onVm(lab, machine, async (state, vm) => {
    if (card === 'nat' && vm.vm.cards === 'lab') {
      throw new KadmError('usage', `${machine} does not have a NAT card`, {
        hint: 'create VMs with a NAT card: --cards virtualbox',
      })
    }
    await setCable(state, vm, card, plugged)
  })

const FILLER = '/var/lib/kadm-lab-filler'

/** Leaves a VM's disk with a few MiB. */
export const labFillDisk = async (lab: string, machine: string): Promise<void> =>
  onVm(lab, machine, async (state, vm) => {
    await inMachine(
      state,
      vm,
      'filling the disk',
      sh`rm -f ${FILLER}
fallocate -l "$(($(df --output=avail -k / | sed 1d) - 4096))K" ${FILLER}`,
    )
  })

/** Frees the space that labFillDisk used. */
export const labFreeDisk = async (lab: string, machine: string): Promise<void> =>
  onVm(lab, machine, async (state, vm) => {
    await inMachine(state, vm, 'freeing the disk', sh`rm -f ${FILLER}`)
  })

/** Sets a VM's clock this many seconds forward, or back, and keeps it from being put right. */
export const labShiftClock = async (lab: string, machine: string, seconds: number): Promise<void> =>
  onVm(lab, machine, async (state, vm) => {
    await inMachine(
      state,
      vm,
      'shifting the clock',
      sh`timedatectl set-ntp false
date -s "@$(($(date +%s) + ${seconds}))" >/dev/null`,
    )
  })

/** What is shared with this system, as containers share it, is not to be troubled. */
async function onVm(
  lab: string,
  machine: string,
  work: (state: LabState, vm: VmState) => Promise<void>,
): Promise<void> {
  const [state, found] = await findMachine(lab, machine)
  if (found.driver !== 'qemu') {
    throw new KadmError('usage', `${machine} is a container, which shares this computer's kernel, clock and disk`, {
      hint: 'use VMs instead: kadm lab up NAME --driver qemu',
    })
  }
  await changeLab(lab, () => work(state, found))
}
