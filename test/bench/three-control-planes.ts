import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {stringify} from 'yaml'
import {addressIn} from '../../src/lab/network/subnet.ts'
import {labFresh} from '../../src/lab/run/lab-power.ts'
import type {Lab} from '../../src/lab/run/lab.ts'
import {tcpBalancer} from '../e2e/tcp-balancer.ts'
import type {Contest} from './contest.ts'
import {flannelManifest} from './flannel-for-kubeadm.ts'
import {KADM, note, run, SCRIPT, timed, untilReady} from './measure.ts'

const CONTROL_PLANES = ['cp-1', 'cp-2', 'cp-3']
const MACHINES = [...CONTROL_PLANES, 'worker-1', 'worker-2']
const BY_KADM = 'kadm: bare to 3 + 2 Ready with DNS, s'
const BY_SCRIPT = 'script: bare to 3 + 2 Ready with DNS, s'

/** Without an endpoint, so that kadm also makes the load balancers. */
const fileOf = (lab: Lab): string =>
  stringify({
    apiVersion: 'kadm/v1',
    kind: 'Cluster',
    kubernetesVersion: lab.kubernetesVersion,
    hosts: lab.machines.map(({name, address, user, keyFile, hostKey}) => ({
      name,
      role: CONTROL_PLANES.includes(name) ? 'control-plane' : 'worker',
      ssh: {address, user, keyFile, hostKey},
    })),
    source: {kind: 'bundle', path: lab.bundleDir},
  })

async function round(lab: Lab, folder: string): Promise<void> {
  const file = join(folder, 'kadm.yaml')
  writeFileSync(file, fileOf(lab))
  const flannel = join(folder, 'flannel.yaml')
  writeFileSync(flannel, flannelManifest())
  const [first = '', ...others] = CONTROL_PLANES.map(name => addressOf(lab, name))
  const workers = MACHINES.slice(CONTROL_PLANES.length).map(name => addressOf(lab, name))

  await labFresh(lab.name, MACHINES)
  await timed(BY_KADM, async () => {
    const {peakMegabytes} = await run(process.execPath, [KADM, 'apply', '-f', file])
    note('kadm: peak memory of apply, MB', peakMegabytes)
    await untilReady(lab)
  })

  await labFresh(lab.name, MACHINES)
  // The load balancer that the documentation of kubeadm takes for given costs the script no time.
  const gateway = addressIn(lab.subnet, 1)
  const balancer = await tcpBalancer(gateway, [first, ...others], 6443)
  try {
    await timed(BY_SCRIPT, async () => {
      const args = [SCRIPT, lab.bundleDir ?? '', lab.keyFile, lab.knownHostsFile, flannel, first, ...workers]
      await run('sh', args, {ENDPOINT: `${gateway}:${String(balancer.port)}`, CONTROL_PLANES: others.join(' ')})
      await untilReady(lab)
    })
  } finally {
    await balancer.close()
  }
}

function addressOf(lab: Lab, name: string): string {
  const found = lab.machines.find(machine => machine.name === name)
  if (found === undefined) throw new Error(`the lab has no machine ${name}`)
  return found.address
}

/** Three control planes and two workers. */
export const THREE_CONTROL_PLANES: Contest = {
  machines: MACHINES,
  round,
  byKadm: BY_KADM,
  byScript: BY_SCRIPT,
  what: 'bare to 3 + 2 Ready with DNS',
}
