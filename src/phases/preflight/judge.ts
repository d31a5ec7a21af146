import {clockOffsetCheck, clockSyncCheck} from './clock-checks.ts'
import type {Finding} from './finding.ts'
import {firewallChecks} from './firewall-checks.ts'
import {cloneCheck, duplicateAddressCheck, duplicateNameCheck, existingNodesCheck} from './identity-checks.ts'
import {viewsOf, type HostCheck, type PreflightInput, type SetCheck} from './input.ts'
import * as start from './kubelet-start-checks.ts'
import {portChecks} from './port-checks.ts'
import {otherKubernetesCheck, ownKubeletCheck} from './product-checks.ts'
import * as shared from './shared-folder-checks.ts'
import * as sysctl from './sysctl-checks.ts'
import * as writable from './writable-checks.ts'
import {forwardingCheck} from './forwarding-check.ts'
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
import {kubeletVersionCheck, versionChangeCheck} from './version-checks.ts'

/** In the order a person reads them: may we, is it the right machine, is it free, what is to be prepared. */
const HOST_CHECKS: readonly HostCheck[] = [
  machine.privilegeCheck,
  forwardingCheck,
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
  residue.otherClusterCheck,
  residue.roleCheck,
  versionChangeCheck,
  otherKubernetesCheck,
  portChecks,
  residue.fileChecks,
  residue.etcdDirCheck,
  shared.manifestCopiesCheck,
  writable.immutableCheck,
  writable.pathTypeCheck,
  writable.blockCheck,
  writable.readOnlyCheck,
  hostname.hostnameCheck,
  hostname.cloudInitCheck,
  staticAddressChecks,
  network.leftoverLinksCheck,
  shared.cniConfigCheck,
  network.dnsCheck,
  firewallChecks,
  network.proxyChecks,
  sysctl.forwardingChecks,
  sysctl.bridgeSettingChecks,
  sysctl.unreadSettingsCheck,
  sysctl.protectedSettingsCheck,
  swap.swapCheck,
  swap.swapUseCheck,
  swap.keptSwapCheck,
  runtime.runtimeCheck,
  runtime.runtimeVersionCheck,
  runtime.cgroupDriverCheck,
  shared.runtimeDropInsCheck,
  start.runtimeStartCheck,
  kubeletVersionCheck,
  ownKubeletCheck,
  runtime.kubeletServiceCheck,
  start.kubeletArgumentsCheck,
  start.kubeletDropInsCheck,
  shared.repositoryCheck,
  storage.diskChecks,
  storage.inodeChecks,
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
