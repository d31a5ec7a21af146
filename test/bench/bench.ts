/**
 * `npm run bench [-- --ha] [-- --rounds N]`: kadm against a straightforward script with the real kubeadm, in turn on the same fresh
 * machines with the same artifacts. With --ha: three control planes and two workers. Prints every figure as min, median, max and the
 * ratio of medians; judges nothing.
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {labDown} from '../../src/lab/run/lab-down.ts'
import {labUp} from '../../src/lab/run/lab-up.ts'
import {KADM, note, printFigures, ratioOf, run} from './measure.ts'
import {THREE_CONTROL_PLANES} from './three-control-planes.ts'
import {THREE_NODES} from './three-nodes.ts'

const NAME = 'bench'
const contest = process.argv.includes('--ha') ? THREE_CONTROL_PLANES : THREE_NODES
const given = process.argv.indexOf('--rounds')
const rounds = given < 0 ? 3 : Number(process.argv[given + 1])
const folder = mkdtempSync(join(tmpdir(), 'kadm-bench-'))
try {
  for (let i = 0; i < 10; i++) note('kadm: --version, s', (await run(process.execPath, [KADM, '--version'])).seconds)
  const lab = await labUp({name: NAME, machines: contest.machines})
  for (let i = 1; i <= rounds; i++) {
    console.log(`round ${String(i)} of ${String(rounds)}`)
    await contest.round(lab, folder)
  }
} finally {
  rmSync(folder, {recursive: true, force: true})
  await labDown(NAME)
}

printFigures()
console.log(`\nratio of medians, kadm / script, ${contest.what}: ${ratioOf(contest.byKadm, contest.byScript)}`)
