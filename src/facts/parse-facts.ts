import type {Facts} from '../domain/facts.ts'
import type {UsualFolders} from '../remote/shell/own-folders.ts'
import type {Script} from '../remote/shell/shell.ts'
import {cloudInitSection} from './gather/cloud-init.ts'
import {filesSection} from './gather/files.ts'
import {fixedSection} from './gather/fixed-paths.ts'
import {identitySection} from './gather/identity.ts'
import {firewallSection} from './gather/firewall.ts'
import {ifupdownSection, interfacesSection, routesSection} from './gather/interfaces.ts'
import {loginSection, proxySection} from './gather/login.ts'
import * as machine from './gather/machine.ts'
import {membershipSection} from './gather/membership.ts'
import {packageLockSection, packagesSection} from './gather/packages.ts'
import {runtimeSection} from './gather/runtime.ts'
import {frame, unframe, type Section} from './section.ts'
import * as shared from './gather/shared-files.ts'
import {listeningSection, resolvSection} from './gather/sockets.ts'
import {caDirsSection, disksSection, fsyncSection, tracksSection} from './gather/storage.ts'
import {swapSection} from './gather/swap.ts'
import {commandsSection, modulesSection, unitsSection} from './gather/units.ts'

const beginSection = machine.clockSection('clock-begin')
const endSection = machine.clockSection('clock-end')

/** What the machine is, and how kadm logs in to it. */
const MACHINE_SECTIONS: readonly Section<unknown>[] = [
  machine.osSection,
  machine.machineSection,
  machine.virtualizationSection,
  machine.capabilitySection,
  machine.cgroupSection,
  machine.kernelSection,
  machine.sysctlSection,
  machine.clockSyncSection,
  loginSection,
  proxySection,
]

/** What it has and runs. */
const HOST_SECTIONS: readonly Section<unknown>[] = [
  identitySection,
  interfacesSection,
  ifupdownSection,
  routesSection,
  listeningSection,
  resolvSection,
  swapSection,
  packagesSection,
  packageLockSection,
  unitsSection,
  modulesSection,
  commandsSection,
  firewallSection,
  filesSection,
  shared.sysctlFilesSection,
  shared.manifestsSection,
  shared.serviceFilesSection,
  shared.repositoriesSection,
  shared.blocksSection,
  fixedSection,
  runtimeSection,
  membershipSection,
  disksSection,
  fsyncSection,
  caDirsSection,
  cloudInitSection,
  tracksSection,
]

/** The one read-only script of a host: POSIX sh, run as root, one round trip. */
export const gatherScript = (usual?: UsualFolders): Script =>
  frame([beginSection, ...MACHINE_SECTIONS, ...HOST_SECTIONS, endSection], usual)

/** Reads what `gatherScript` printed. */
export function parseFacts(output: string): Facts {
  const text = unframe(output)
  const read: Read = section => section.parse(text(section.name))

  const {release, architecture, ...size} = read(machine.machineSection)
  const {virtualization, isContainer} = read(machine.virtualizationSection)
  const capabilities = read(machine.capabilitySection)
  const login = read(loginSection)
  const units = read(unitsSection)
  const now = (read(beginSection) + read(endSection)) / 2
  return {
    ...size,
    os: read(machine.osSection),
    kernel: {release, architecture, options: read(machine.kernelSection)},
    virtualization,
    isContainer,
    effectiveUid: login.effectiveUid,
    user: login.user,
    ...networkFacts(read, isContainer, login.connectedAddress),
    ...read(swapSection)(isContainer),
    cgroup: read(machine.cgroupSection),
    capabilities,
    units,
    modules: read(modulesSection)(capabilities, isContainer),
    sysctls: read(machine.sysctlSection),
    ...softwareFacts(read),
    ...clusterFacts(read),
    clock: {epochSeconds: now, synchronized: read(machine.clockSyncSection)},
    disks: read(disksSection),
    fsyncMs: read(fsyncSection),
    listening: read(listeningSection),
    proxy: read(proxySection),
    ...serviceFacts(read, unit => units[unit]?.active === 'active'),
    extraCaDirs: read(caDirsSection),
    cloudInit: read(cloudInitSection),
    ...tracks(read, now),
    shared: sharedFiles(read),
  }
}

type Read = <T>(section: Section<T>) => T

function networkFacts(
  read: Read,
  isContainer: boolean,
  connectedAddress: string | undefined,
): Pick<Facts, 'identity' | 'network'> {
  const identity = read(identitySection)
  const interfaces = read(interfacesSection)(isContainer)
  const macs = interfaces.filter(link => link.kind === 'physical').map(link => link.mac)
  return {
    network: {connectedAddress, interfaces, ifupdown: read(ifupdownSection), ...read(routesSection)},
    identity: {
      ...identity,
      productUuid: isContainer ? undefined : identity.productUuid,
      macs: [...new Set(macs)].sort(),
    },
  }
}

function tracks(read: Read, now: number): Pick<Facts, 'lease' | 'ledgerEntries'> {
  const {lease, ledgerEntries} = read(tracksSection)
  return {
    ledgerEntries,
    lease: lease && {holder: lease.holder, ageSeconds: Math.round(now - lease.seen)},
  }
}

function softwareFacts(
  read: Read,
): Pick<
  Facts,
  'packages' | 'packagesInterrupted' | 'packageLock' | 'files' | 'commands' | 'containerd' | 'runtimeSockets'
> {
  const {interrupted, lock} = read(packageLockSection)
  const {containerd, sockets} = read(runtimeSection)
  return {
    packages: read(packagesSection),
    packagesInterrupted: interrupted,
    packageLock: lock,
    files: read(filesSection),
    commands: read(commandsSection),
    containerd,
    runtimeSockets: sockets,
  }
}

function clusterFacts(
  read: Read,
): Pick<Facts, 'kubelet' | 'clusterCaHash' | 'nodeName' | 'apiServer' | 'advertiseAddress' | 'apiServerVersion'> {
  const {kubeletVersion, kubeletRuns, cgroupDriver, nodeIp, ...membership} = read(membershipSection)
  return {...membership, kubelet: {version: kubeletVersion, running: kubeletRuns, cgroupDriver, nodeIp}}
}

const serviceFacts = (read: Read, isActive: (unit: string) => boolean): Pick<Facts, 'resolv' | 'firewall'> => ({
  resolv: {...read(resolvSection), resolvedActive: isActive('systemd-resolved.service')},
  firewall: {
    ...read(firewallSection),
    firewalld: isActive('firewalld.service'),
    nftables: isActive('nftables.service'),
  },
})

const sharedFiles = (read: Read): Facts['shared'] => ({
  sysctlFiles: read(shared.sysctlFilesSection),
  manifests: read(shared.manifestsSection),
  serviceFiles: read(shared.serviceFilesSection),
  repositories: read(shared.repositoriesSection),
  blocks: read(shared.blocksSection),
  fixed: read(fixedSection),
})
