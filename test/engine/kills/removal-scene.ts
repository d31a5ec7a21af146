import {randomBytes} from 'node:crypto'
import {hostLost, KadmError} from '../../../src/domain/errors.ts'
import type {DrainSettings} from '../../../src/engine/removal/drain-settings.ts'
import {lookForRemoval} from '../../../src/engine/removal/look.ts'
import {readTemplates} from '../../../src/engine/sources/templates-on-disk.ts'
import {removeWorkflow} from '../../../src/engine/workflows/remove.ts'
import {kubeadmConfigMap} from '../../../src/manifests/kubeadm-config.ts'
import type {Host} from '../../../src/remote/host.ts'
import {sampleSpec} from '../../phases/preflight/sample.ts'
import {holder} from '../lease-scene.ts'
import type {ScratchHost} from '../scratch-host.ts'
import {workflowScene} from '../workflow-scene.ts'
import {etcdByRules, type EtcdByRules, type EtcdMachine} from './etcd-by-rules.ts'
import {CLUSTER, fast, onScratch} from './join-scene.ts'
import {kubeletRuns, leavingHost} from './leaving-host.ts'
import {lifeUntil, type Death, type Life} from './life.ts'
import {storedApi, type StoredApi} from './stored-api.ts'

export const DRAIN: DrainSettings = {
  rules: {force: false, ignoreDaemonSets: true, deleteEmptyDirData: false, skipWaitForDeleteSeconds: 0},
  disableEviction: false,
  gracePeriodSeconds: undefined,
  timeoutMs: 0,
  podSelector: undefined,
}

const addressOf = (name: string): string => `10.0.0.${name.slice(3)}`

const nodeObject = (name: string): object => ({
  metadata: {name, labels: {'node-role.kubernetes.io/control-plane': ''}},
  spec: {},
  status: {
    addresses: [{type: 'InternalIP', address: addressOf(name)}],
    conditions: [{type: 'Ready', status: 'True'}],
  },
})

const podObject = (name: string, nodeName: string, owner: string): object => ({
  metadata: {name, namespace: 'default', ownerReferences: [{kind: owner, controller: true}]},
  spec: {nodeName},
  status: {phase: 'Running'},
})

export interface RemovalScene {
  readonly etcd: EtcdByRules
  readonly api: StoredApi
  readonly leaver: ScratchHost
  /** Machines that are off. */
  readonly off: Set<string>
  /** Looks, decides and carries out as the command does, until it is done or killed; returns the number of changes. */
  readonly remove: (how?: RemovalTry) => Promise<number>
  readonly last: () => Life
}

export interface RemovalTry {
  readonly death?: Death
  readonly drain?: DrainSettings
}

/** The control plane cp-2 of this many leaves; its machine has the ledger, the manifests and the data that a join left. */
export function removalScene(leaver: ScratchHost, controlPlanes: number): RemovalScene {
  const names = Array.from({length: controlPlanes}, (_, i) => `cp-${String(i + 1)}`)
  const off = new Set<string>()
  const machines = names.map(name => (name === 'cp-2' ? ofLeaver(leaver) : ofOther(name, off)))
  const etcd = etcdByRules(machines, names)
  const api = storedApi({
    ...Object.fromEntries(names.map(name => [`/api/v1/nodes/${name}`, nodeObject(name)])),
    '/api/v1/namespaces/default/pods/web': podObject('web', 'cp-2', 'ReplicaSet'),
    '/api/v1/namespaces/default/pods/proxy': podObject('proxy', 'cp-2', 'DaemonSet'),
    '/api/v1/namespaces/kube-system/configmaps/kubeadm-config': kubeadmConfigMap(CLUSTER),
  })
  const runs: string[] = []
  let life = lifeUntil()
  const remove = async ({death, drain = DRAIN}: RemovalTry = {}): Promise<number> => {
    const own = (life = lifeUntil(death))
    const identity = `me@laptop ${String(runs.length + 1)} 1`
    const connect = (): Promise<Host> =>
      off.has('cp-2')
        ? Promise.reject(hostLost('cp-2', 'no answer from 10.0.0.2'))
        : Promise.resolve(leavingHost(leaver, {address: addressOf('cp-2'), life: own}))
    const options = {
      ...workflowScene({}).options,
      command: 'remove',
      cluster: CLUSTER,
      templates: readTemplates(),
      clock: fast(),
      random: randomBytes,
      holder: holder(identity, [...runs]),
      emit: own.event,
      connect,
      drain,
      access: {api: api.client(own), etcd: () => Promise.resolve(etcd.client(own)), through: undefined},
    }
    runs.push(identity)
    const spec = sampleSpec({name: 'cp-2', role: 'control-plane'})
    const removal = await lookForRemoval({
      ...options,
      targets: [{named: 'cp-2', spec, isInFile: true}],
      isDead: false,
      specAt: () => spec,
      connections: [],
      note: () => undefined,
    })
    if (removal.plan.refusals.length > 0) throw new KadmError('preflight', removal.plan.refusals.join('; '))
    const {changes} = await removeWorkflow({...options, removal, stay: []})
    return changes
  }
  return {etcd, api, leaver, off, remove, last: () => life}
}

/** Its etcd runs until its kubelet is stopped with everything else. */
const ofLeaver = (vm: ScratchHost): EtcdMachine => ({
  ...onScratch(vm, {name: 'cp-2', address: addressOf('cp-2')}),
  isUp: () => kubeletRuns(vm),
})

const ofOther = (name: string, off: ReadonlySet<string>): EtcdMachine => {
  let data: string | undefined
  return {
    name,
    peerUrl: `https://${addressOf(name)}:2380`,
    isUp: () => !off.has(name),
    manifest: () => '',
    data: () => data,
    writeData: id => (data = id),
  }
}
