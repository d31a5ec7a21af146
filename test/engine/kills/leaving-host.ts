import {gatherScript} from '../../../src/facts/parse-facts.ts'
import type {Host, RunResult} from '../../../src/remote/host.ts'
import type {ScratchHost} from '../scratch-host.ts'
import type {Life} from './life.ts'

const FILES = ['/etc/kubernetes/manifests/etcd.yaml', '/etc/kubernetes/manifests/kube-apiserver.yaml']
/** Outside of what a reset removes. */
const stopped = ({root}: ScratchHost): string => `${root}/kubelet-stopped`

/** What the machine says of itself, in the sections of the facts. */
const factsOf = (vm: ScratchHost, name: string, address: string): string =>
  [
    ['clock-begin', '1800000000.5'],
    ['clock-end', '1800000001.5'],
    ['machine', `hostname ${name}`, 'cpus 2', 'memory 4000000', 'available 3000000'],
    ['identity', `machine-id id-of-${name}`, `boot-id boot-of-${name}`],
    ['membership', ...(vm.has(FILES[0] ?? '') ? [`hostname-override ${name}`, `advertise ${address}`] : [])],
    ['files', ...FILES.filter(vm.has).map(path => `stat|regular file|600|root|10|${path}`)],
    ['tracks', 'ledger 0'],
    ['end'],
  ]
    .map(([section = '', ...lines]) => `\u001e${section}\n${lines.map(line => `${line}\n`).join('')}`)
    .join('')

export const kubeletRuns = (vm: ScratchHost): boolean => !vm.has(stopped(vm))

/** A host of one run that has left the cluster when its scripts say so: real scripts in its folder, but what only a machine has. */
export function leavingHost(vm: ScratchHost, {address, life}: {readonly address: string; readonly life: Life}): Host {
  const {host, root} = vm
  const own = (script: string): string =>
    script.replaceAll('/run/kadm', `${root}/run/kadm`).replaceAll('/etc/systemd', `${root}/etc/systemd`)
  /** The phase that stops everything: its script would stop the pods of the machine that runs the tests. */
  const stop = (script: string): RunResult => {
    const isAct = script.includes('systemctl stop kubelet.service')
    if (isAct) vm.write(stopped(vm), '')
    const frames = [...script.matchAll(/^printf '\\036%s\\n' (\d+)$/gm)].map(([, i = '']) => i)
    const stdout = frames.map((i, at) => `\u001e${i}\n${at === 0 && kubeletRuns(vm) ? 'the kubelet (active)\n' : ''}`)
    return {code: 0, stdout: stdout.join(''), stderr: ''}
  }
  const run = async (script: string): Promise<RunResult> =>
    script.includes('kubelet.service 2>/dev/null') ? stop(script) : host.run(own(script))
  return {
    ...host,
    run: script => life.call(() => run(script)),
    read: script =>
      life.call(() => (script === gatherScript().text ? factsOf(vm, host.name, address) : host.read(own(script)))),
  }
}
