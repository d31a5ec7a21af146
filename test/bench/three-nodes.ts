import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {labClusterYaml} from '../../src/commands/runtime/lab/lab-cluster.ts'
import {labFresh} from '../../src/lab/run/lab-power.ts'
import type {Lab} from '../../src/lab/run/lab.ts'
import {flannelManifest} from './flannel-for-kubeadm.ts'
import type {Contest} from './contest.ts'
import {KADM, note, run, SCRIPT, timed, untilReady} from './measure.ts'

const MACHINES = ['master', 'worker-1', 'worker-2']
const BY_KADM = 'kadm: bare to 3 Ready with DNS, s'
const BY_SCRIPT = 'script: bare to 3 Ready with DNS, s'

async function round(lab: Lab, folder: string): Promise<void> {
  const file = join(folder, 'kadm.yaml')
  writeFileSync(file, labClusterYaml(lab))
  const flannel = join(folder, 'flannel.yaml')
  writeFileSync(flannel, flannelManifest())
  const addresses = lab.machines.map(({address}) => address)

  await labFresh(lab.name, MACHINES)
  await timed('kadm: preflight of three bare hosts, s', () => run(process.execPath, [KADM, 'preflight', '-f', file]))
  await timed(BY_KADM, async () => {
    const {peakMegabytes} = await run(process.execPath, [KADM, 'apply', '-f', file])
    note('kadm: peak memory of apply, MB', peakMegabytes)
    await untilReady(lab)
  })
  await timed('kadm: second run, nothing to do, s', () => run(process.execPath, [KADM, 'apply', '-f', file]))

  await labFresh(lab.name, MACHINES)
  await timed(BY_SCRIPT, async () => {
    await run('sh', [SCRIPT, lab.bundleDir ?? '', lab.keyFile, lab.knownHostsFile, flannel, ...addresses])
    await untilReady(lab)
  })
}

/** One control plane and two workers. */
export const THREE_NODES: Contest = {
  machines: MACHINES,
  round,
  byKadm: BY_KADM,
  byScript: BY_SCRIPT,
  what: 'bare to 3 Ready with DNS',
}
