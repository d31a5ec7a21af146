import {removeTrees} from '../../resources/files/remove-tree.ts'
import {exists} from '../image/cache.ts'
import {changeLab, labScript, removeScriptLock} from './lab-script.ts'
import {checkName, labDir, readState, stateNames} from '../state/lab-state.ts'
import {stopMachine} from '../state/machine.ts'
import {removeNetwork, unloadBridgeFilter} from '../network/network.ts'

/** A machine that is thrown away gets this long to end by itself. */
const GRACE_MS = 3_000

/** Powers off the machines of the lab and deletes everything that was created for it; ignores what is already gone. */
export async function labDown(name: string): Promise<void> {
  checkName('lab', name)
  if (!(await exists(labDir(name)))) return
  await changeLab(name, async () => {
    const state = await readState(name)
    if (state !== undefined) {
      await Promise.all(state.machines.map(machine => stopMachine(state, machine, GRACE_MS)))
      await labScript(name, `removing the network of lab ${name}`, removeNetwork(state))
    }
    await labScript(name, `removing the files of lab ${name}`, removeTrees(labDir(name)))
    if ((await stateNames()).length === 0) await labScript(name, 'unloading br_netfilter', unloadBridgeFilter())
    await removeScriptLock(name)
  })
}
