import {sh} from '../remote/shell.ts'
import {exists} from './cache.ts'
import {checkName, labDir, lockFile, readState} from './lab-state.ts'
import {withLock} from './lock.ts'
import {stopMachine} from './machine.ts'
import {removeNetwork} from './network.ts'
import {asRoot} from './privileged.ts'

/** A machine that is thrown away gets this long to end by itself. */
const GRACE_MS = 3_000

/** Powers the lab's machines off and removes everything that was made for it; what is not there any more is no error. */
export async function labDown(name: string): Promise<void> {
  checkName('lab', name)
  if (!(await exists(labDir(name)))) return
  await withLock(lockFile(name), async () => {
    const state = await readState(name)
    if (state !== undefined) {
      await Promise.all(state.machines.map(machine => stopMachine(state, machine, GRACE_MS)))
      await asRoot(`removing the network of lab ${name}`, removeNetwork(state))
    }
    await asRoot(`removing the files of lab ${name}`, sh`rm -rf --one-file-system ${labDir(name)}`)
  })
}
