import {randomBytes} from 'node:crypto'
import {setTimeout as after} from 'node:timers/promises'
import type {Clock} from '../../../src/domain/clock.ts'
import type {Cluster, Node} from '../../../src/domain/cluster.ts'
import type {ControlPlane} from '../../../src/engine/cluster/control-plane.ts'
import type {Machine} from '../../../src/engine/hosts/machine.ts'
import {withLeases} from '../../../src/engine/lease/lease.ts'
import {carryOut} from '../../../src/engine/schedule/carry-out.ts'
import {judgeOutcomes, runOf} from '../../../src/engine/schedule/run-of.ts'
import {etcdPeerUrl} from '../../../src/manifests/etcd.ts'
import {joinControlPlanePhase} from '../../../src/phases/control-plane/join.ts'
import type {Step} from '../../../src/phases/phase.ts'
import {select} from '../../../src/phases/select.ts'
import type {Host} from '../../../src/remote/host.ts'
import type {KeyPair} from '../../../src/resources/core/values.ts'
import {sampleCluster, sampleFacts, sampleSpec} from '../../phases/preflight/sample.ts'
import {holder, still} from '../lease-scene.ts'
import type {ScratchHost} from '../scratch-host.ts'
import {workflowScene} from '../workflow-scene.ts'
import {etcdByRules, type EtcdByRules, type EtcdMachine} from './etcd-by-rules.ts'
import {lifeUntil, type Death, type Life} from './life.ts'
import {storedApi, type StoredApi} from './stored-api.ts'

export const CLUSTER: Cluster = sampleCluster({
  controlPlaneEndpoint: 'api.example.org:6443',
  pki: {algorithm: 'ECDSA-P256', caHours: 87_600, leafHours: 8760, apiServerSans: []},
})
const ETCD_MANIFEST = '/etc/kubernetes/manifests/etcd.yaml'
const DATA = '/var/lib/etcd/member/id'

const nodeAt = (last: number): Node => ({
  host: sampleSpec({name: `cp-${String(last)}`, role: 'control-plane'}),
  role: 'control-plane',
  name: `cp-${String(last)}`,
  address: `10.0.0.${String(last)}`,
  networkInterface: 'enp0s8',
})

/** Kinds whose looks and acts need systemd, containers or processes, which only a machine has. */
const OF_MACHINES = ['cleanup', 'endpoint-healthy', 'static-pod', 'unit', 'user-kubeconfig', 'wait']

/** The phases of the join as they are, but for what only a machine has. */
const steps = (skip: readonly string[]): readonly Step[] =>
  select([joinControlPlanePhase], [], skip).map(({path, phase}) => ({
    path,
    phase: {
      ...phase,
      resources: context => (phase.resources?.(context) ?? []).filter(({kind}) => !OF_MACHINES.includes(kind)),
    },
  }))

export interface JoinScene {
  readonly etcd: EtcdByRules
  readonly api: StoredApi
  readonly joining: readonly ScratchHost[]
  /** Carries the join out until it is done or killed; returns the number of changes. */
  readonly join: (death?: Death) => Promise<number>
  /** The calls and the events of the last run. */
  readonly last: () => Life
}

export interface JoinOptions {
  readonly authorities: ReadonlyMap<string, KeyPair>
  /** Machines that are bare or partly joined. */
  readonly joining: readonly ScratchHost[]
  /** Phases that were carried out on them before. */
  readonly skip?: readonly string[]
}

/** A control plane cp-1 that works, and machines that join it: real scripts on scratch hosts, and an etcd with its rules. */
export function joinScene({authorities, joining, skip = []}: JoinOptions): JoinScene {
  const nodes = joining.map((_, i) => nodeAt(i + 2))
  const etcd = etcdByRules(
    [ofFirst(nodeAt(1)), ...joining.map((vm, i) => onScratch(vm, nodes[i] ?? nodeAt(0)))],
    ['cp-1'],
  )
  const api = storedApi()
  const names: string[] = []
  let life = lifeUntil()
  const join = async (death?: Death): Promise<number> => {
    const own = (life = lifeUntil(death))
    const identity = `me@laptop ${String(names.length + 1)} 1`
    const options = {
      ...workflowScene({}).options,
      command: 'join',
      clock: fast(),
      random: randomBytes,
      holder: holder(identity, [...names]),
      steps: steps(skip),
      emit: own.event,
    }
    names.push(identity)
    const hosts = joining.map(vm => mortal(vm, own, () => registerNodes(joining, nodes, api)))
    const session = {
      cluster: CLUSTER,
      nodes,
      existingNodes: [{name: 'cp-1', address: '10.0.0.1', role: 'control-plane' as const}],
      endpoint: 'https://api.example.org:6443',
      controlPlane: seed({etcd, api, life: own, authorities}),
      sources: {
        readAuthority: (name: string) => own.call(() => authorityOf(authorities, name)),
        readServiceAccountKey: () => own.call(() => ({key: 'key of service accounts', pub: 'its public half'})),
        readClusterCa: () => own.call(() => authorityOf(authorities, 'ca').certPem),
      },
    }
    return withLeases(hosts, {...options, clock: still}, async (leases, signal) => {
      const machines = hosts.flatMap((host, i): readonly Machine[] => {
        const node = nodes[i]
        return node === undefined ? [] : [{host, node, facts: sampleFacts(i + 2), lease: leases[i]}]
      })
      return judgeOutcomes(await carryOut(runOf({...options, signal}, session, machines)))
    })
  }
  return {etcd, api, joining, join, last: () => life}
}

/** Time that goes so many times as fast: waits are short, but as long as a script on the other machine needs. */
export const fast = (times = 50): Clock => {
  const started = Date.now()
  return {
    now: () => started + (Date.now() - started) * times,
    sleep: (ms, signal) => after(ms / times, undefined, {signal}).catch(() => undefined),
  }
}

function authorityOf(authorities: ReadonlyMap<string, KeyPair>, name: string): KeyPair {
  const found = authorities.get(name)
  if (found === undefined) throw new Error(`no authority ${name} in this test`)
  return found
}

/** A host of one run of kadm; a script that began goes on when kadm is killed. */
const mortal = ({host}: ScratchHost, life: Life, after: () => void): Host => ({
  ...host,
  run: (script, options) => life.call(() => host.run(script, options).finally(after)),
  read: (script, options) => life.call(() => host.read(script, options).finally(after)),
})

/** What the kubelet of a machine does as soon as it can. */
function registerNodes(joining: readonly ScratchHost[], nodes: readonly Node[], {objects}: StoredApi): void {
  joining.forEach((vm, i) => {
    const name = nodes[i]?.name ?? ''
    const path = `/api/v1/nodes/${name}`
    if (objects.has(path) || !vm.has('/etc/kubernetes/kubelet.conf')) return
    objects.set(path, {metadata: {name, labels: {'kubernetes.io/hostname': name}}, spec: {}})
  })
}

const ofFirst = (node: Node): EtcdMachine => {
  let data: string | undefined
  return {
    name: node.name,
    peerUrl: etcdPeerUrl(node),
    isUp: () => true,
    manifest: () => '',
    data: () => data,
    writeData: id => (data = id),
  }
}

const peerUrlOf = ({address}: Pick<Node, 'address'>): string => `https://${address}:2380`

export const onScratch = (vm: ScratchHost, node: Pick<Node, 'name' | 'address'>): EtcdMachine => ({
  name: node.name,
  peerUrl: peerUrlOf(node),
  isUp: () => true,
  manifest: () => (vm.has(ETCD_MANIFEST) ? vm.read(ETCD_MANIFEST) : undefined),
  data: () => (vm.has(DATA) ? vm.read(DATA) : undefined),
  writeData: id => vm.write(DATA, id),
})

interface Seed extends Pick<JoinOptions, 'authorities'> {
  readonly etcd: EtcdByRules
  readonly api: StoredApi
  readonly life: Life
}

/** The control plane that is asked, for one run. */
const seed = ({etcd, api, life, authorities}: Seed): ControlPlane => ({
  host: {...workflowHost, name: 'cp-1'},
  api: () => Promise.resolve(api.client(life)),
  superApi: () => Promise.reject(new Error('nobody is asked as super admin')),
  etcd: () => Promise.resolve(etcd.client(life)),
  serviceAccountKey: () => Promise.reject(new Error('the values have it')),
  authority: name => Promise.resolve(authorityOf(authorities, name)),
  clusterCa: () => Promise.resolve(authorityOf(authorities, 'ca').certPem),
  sharedFile: () => Promise.reject(new Error('etcd is not external')),
  forget: () => undefined,
  close: () => Promise.resolve(),
})

const none = (): Promise<never> => Promise.reject(new Error('cp-1 is asked by its API only'))
const workflowHost: Host = {
  name: 'cp-1',
  run: none,
  read: none,
  pipe: none,
  forward: none,
  close: () => Promise.resolve(),
}
