import type {Diagnosis} from '../diagnosis.ts'
import {API_CAUSES, OWN_CAUSES} from './told-by-hosts.ts'

/** A machine that was examined, and the addresses by which others know it. */
export interface Neighbour {
  readonly addresses: readonly string[]
  readonly isControlPlane: boolean
  readonly diagnoses: readonly Diagnosis[]
}

const TUNNEL_CAUSES = [
  ...['flannel-missing', 'tunnel-missing', 'pod-route', 'bridge-down', 'node-deleted', 'pod-addresses', 'cni-foreign'],
  ...['pod-stops', 'flannel-rights', 'pod-range'],
]

/** What a machine sees of the other machines, the port of it, and what explains it when one of those reports it itself. */
const SEEN: Readonly<Record<string, {readonly port: RegExp; readonly causes: readonly string[]}>> = {
  'kubelet-port': {port: /\b10250\b/, causes: OWN_CAUSES},
  'pod-tunnel': {port: /\b8472\b/, causes: [...OWN_CAUSES, ...TUNNEL_CAUSES]},
}

/** What every machine sees of a control plane that does not answer. */
const API_SEEN = ['api-refused', 'api-slow', 'api-unreachable', 'api-authority', 'api-address', 'bootstrap-token']
const API_PORT = /\b6443\b/

/** A rule that drops packets on one machine and the machine that misses them prove each other. */
const surer = (diagnosis: Diagnosis): Diagnosis =>
  diagnosis.name === 'firewall' && diagnosis.certainty === 'possible' ? {...diagnosis, certainty: 'likely'} : diagnosis

/** The machines with each address: every machine may name all others. */
const ownersOf = <M extends Neighbour>(machines: readonly M[]) =>
  Map.groupBy(
    machines.flatMap(owner => owner.addresses.map(address => ({address, owner}))),
    ({address}) => address,
  )

/** Names a problem once, on the machine that has it: what others only see of it is left out. */
export function acrossMachines<M extends Neighbour>(machines: readonly M[]): readonly M[] {
  const proven = new Set<Diagnosis>()
  const explains = (other: Neighbour, port: RegExp, causes: readonly string[]): boolean => {
    const known = other.diagnoses.filter(({name, cause, certainty}) =>
      name === 'firewall' ? port.test(cause) : certainty !== 'possible' && causes.includes(name),
    )
    known.forEach(one => proven.add(one))
    return known.length > 0
  }
  const owners = ownersOf(machines)
  const controlPlanes = machines.filter(({isControlPlane}) => isControlPlane)
  const isToldElsewhere = ({name, towards = []}: Diagnosis, machine: M): boolean => {
    const seen = SEEN[name]
    if (seen !== undefined && towards.length > 0)
      return towards.every(address =>
        owners.get(address)?.some(({owner}) => owner !== machine && explains(owner, seen.port, seen.causes)),
      )
    if (!API_SEEN.includes(name) || machine.isControlPlane) return false
    return controlPlanes.some(controlPlane => explains(controlPlane, API_PORT, API_CAUSES))
  }
  const left = machines.map(machine => ({
    ...machine,
    diagnoses: machine.diagnoses.filter(diagnosis => !isToldElsewhere(diagnosis, machine)),
  }))
  return left.map(machine => ({
    ...machine,
    diagnoses: machine.diagnoses.map(one => (proven.has(one) ? surer(one) : one)),
  }))
}
