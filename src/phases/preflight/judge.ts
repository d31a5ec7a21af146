import {clockOffsetCheck, clockSyncCheck} from './checks/clock-checks.ts'
import type {Finding} from './finding.ts'
import {endpointCheck} from './checks/endpoint-check.ts'
import {externalCaCheck} from './checks/external-ca-check.ts'
import {externalEtcdCheck, outsideEtcdCheck} from './checks/external-etcd-check.ts'
import {firewallChecks} from './checks/firewall-checks.ts'
import {cloneCheck, duplicateAddressCheck, duplicateNameCheck, existingNodesCheck} from './checks/identity-checks.ts'
import {viewsOf, type HostCheck, type PreflightInput, type SetCheck} from './input.ts'
import * as start from './checks/kubelet-start-checks.ts'
import {loadBalancerCheck} from './checks/load-balancer-check.ts'
import {patchCheck} from './checks/patch-check.ts'
import {portChecks} from './checks/port-checks.ts'
import {otherKubernetesCheck, ownKubeletCheck} from './checks/product-checks.ts'
import * as shared from './checks/shared-folder-checks.ts'
import * as sysctl from './checks/sysctl-checks.ts'
import * as writable from './checks/writable-checks.ts'
import {forwardingCheck} from './checks/forwarding-check.ts'
import * as hostname from './checks/hostname-checks.ts'
import * as machine from './checks/machine-checks.ts'
import * as network from './checks/network-checks.ts'
import {rangeCheck} from './checks/range-check.ts'
import * as residue from './checks/residue-checks.ts'
import * as runtime from './checks/runtime-checks.ts'
import {staticAddressChecks} from './checks/static-address-checks.ts'
import * as storage from './checks/storage-checks.ts'
import * as swap from './checks/swap-checks.ts'
import * as system from './checks/system-checks.ts'
import {vipNetworkCheck, vipOwnerCheck} from './checks/vip-network-check.ts'
import {vipProgramCheck} from './checks/vip-program-check.ts'
import {vipUseCheck} from './checks/vip-use-check.ts'
import {kubeletVersionCheck, versionChangeCheck} from './checks/version-checks.ts'

/** In the order in which you read them: privileges, the kind of machine, whether it is free, what kadm will prepare. */
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
  externalCaCheck,
  externalEtcdCheck,
  outsideEtcdCheck,
  residue.unfinishedRestoreCheck,
  versionChangeCheck,
  otherKubernetesCheck,
  portChecks,
  loadBalancerCheck,
  endpointCheck,
  vipNetworkCheck,
  vipUseCheck,
  vipProgramCheck,
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
  patchCheck,
  shared.repositoryCheck,
  storage.diskChecks,
  storage.inodeChecks,
  storage.fsyncCheck,
  storage.packageLockCheck,
  storage.packageStateCheck,
  clockSyncCheck,
]

/** Compares the hosts with one another and with the nodes of the cluster. */
const SET_CHECKS: readonly SetCheck[] = [
  cloneCheck,
  duplicateNameCheck,
  duplicateAddressCheck,
  existingNodesCheck,
  rangeCheck,
  vipOwnerCheck,
  clockOffsetCheck,
]

/** Runs every check and returns all findings; the caller decides what to do. */
export function judge(input: PreflightInput): readonly Finding[] {
  const views = viewsOf(input)
  return [
    ...views.flatMap(view => HOST_CHECKS.flatMap(check => check(view, input))),
    ...SET_CHECKS.flatMap(check => check(views, input)),
  ]
}
