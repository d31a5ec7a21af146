import {NEWEST_MINOR} from '../../domain/version.ts'
import {clockOffsetCheck, clockSyncCheck} from './clock-checks.ts'
import type {Finding} from './finding.ts'
import {firewallChecks} from './firewall-checks.ts'
import {cloneCheck, duplicateAddressCheck, duplicateNameCheck, existingNodesCheck} from './identity-checks.ts'
import {viewsOf, warning, type HostCheck, type PreflightInput, type SetCheck} from './input.ts'
import * as hostname from './hostname-checks.ts'
import * as machine from './machine-checks.ts'
import * as network from './network-checks.ts'
import {rangeCheck} from './range-check.ts'
import * as residue from './residue-checks.ts'
import * as runtime from './runtime-checks.ts'
import {staticAddressChecks} from './static-address-checks.ts'
import * as storage from './storage-checks.ts'
import * as swap from './swap-checks.ts'
import * as system from './system-checks.ts'

const versionCheck: HostCheck = (view, {cluster}) =>
  cluster.version.minor > NEWEST_MINOR
    ? [warning('KubernetesVersion', view, `${cluster.version.text} is newer than this kadm knows`, 'upgrade kadm')]
    : []

/** In the order a person reads them: may we, is it the right machine, is it free, what is to be prepared. */
const HOST_CHECKS: readonly HostCheck[] = [
  machine.privilegeCheck,
  machine.operatingSystemCheck,
  machine.architectureCheck,
  machine.cpuCheck,
  machine.memoryCheck,
  machine.virtualizationCheck,
  machine.capabilityCheck,
  system.kernelCheck,
  system.cgroupCheck,
  machine.moduleCheck,
  machine.commandsCheck,
  versionCheck,
  residue.otherClusterCheck,
  residue.roleCheck,
  runtime.otherKubernetesCheck,
  residue.portChecks,
  residue.fileChecks,
  residue.etcdDirCheck,
  hostname.hostnameCheck,
  hostname.cloudInitCheck,
  staticAddressChecks,
  network.leftoverLinksCheck,
  network.dnsCheck,
  firewallChecks,
  network.proxyChecks,
  network.forwardingChecks,
  swap.swapCheck,
  swap.swapUseCheck,
  swap.keptSwapCheck,
  runtime.runtimeCheck,
  runtime.runtimeVersionCheck,
  runtime.cgroupDriverCheck,
  runtime.kubeletVersionCheck,
  runtime.kubeletServiceCheck,
  storage.diskChecks,
  storage.fsyncCheck,
  storage.packageLockCheck,
  storage.packageStateCheck,
  clockSyncCheck,
]

/** Of the hosts together, and against the nodes of the cluster. */
const SET_CHECKS: readonly SetCheck[] = [
  cloneCheck,
  duplicateNameCheck,
  duplicateAddressCheck,
  existingNodesCheck,
  rangeCheck,
  clockOffsetCheck,
]

/** Runs every check and tells everything; what to do about it is the caller's. */
export function judge(input: PreflightInput): readonly Finding[] {
  const views = viewsOf(input)
  return [
    ...views.flatMap(view => HOST_CHECKS.flatMap(check => check(view, input))),
    ...SET_CHECKS.flatMap(check => check(views, input)),
  ]
}
