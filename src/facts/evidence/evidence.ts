import type {Evidence} from '../../domain/evidence.ts'
import {concat, type Script} from '../../remote/shell/shell.ts'
import {containersSection, journalSection, kernelLogSection, tasksSection} from './logs.ts'
import {certificatesSection} from './certificates.ts'
import {dnsForwardsSection, silentDnsSection} from './dns.ts'
import {dropRulesSection} from './drop-rules.ts'
import {changedFilesSection, filesSection} from './files.ts'
import {joinSection} from './join.ts'
import {connectionsSection, podNetworkSection} from './network.ts'
import {keepalivedSection} from './keepalived.ts'
import * as node from './node.ts'
import * as probes from './probes.ts'
import {runtimeStateSection} from './runtime.ts'
import {evidenceFunctions} from './shell.ts'
import {cgroupSection, clockSection, machineSection, sysctlSection, virtualizationSection} from '../gather/machine.ts'
import {holdsSection, packageLockSection} from '../gather/packages.ts'
import {frame, unframe, type Section} from '../section.ts'
import {listeningSection} from '../gather/sockets.ts'

const beginSection = clockSection('clock-begin')
const kubeletJournalSection = journalSection('kubelet')
const containerdJournalSection = journalSection('containerd')

/** One read-only script, one round trip, some seconds at most: what tells why a node does not come up. What logs say comes first. */
export const evidenceScript = (): Script =>
  concat([
    evidenceFunctions(),
    probes.probeFunctions(),
    frame([
      beginSection,
      machineSection,
      virtualizationSection,
      node.unitStatesSection,
      kubeletJournalSection,
      containerdJournalSection,
      tasksSection,
      containersSection,
      kernelLogSection,
      listeningSection,
      node.roomSection,
      node.memorySection,
      cgroupSection,
      sysctlSection,
      joinSection,
      runtimeStateSection,
      podNetworkSection,
      certificatesSection,
      probes.podUidsSection,
      probes.flagsSection,
      filesSection,
      changedFilesSection,
      dropRulesSection,
      connectionsSection,
      probes.kubeletHealthSection,
      dnsForwardsSection,
      silentDnsSection,
      probes.apiSections,
      probes.peersSection,
      keepalivedSection,
      packageLockSection,
      holdsSection,
      node.inotifySection,
    ]),
  ])

/** Reads what `evidenceScript` printed. */
export function parseEvidence(output: string): Evidence {
  const text = unframe(output)
  const read = <T>(section: Section<T>): T => section.parse(text(section.name))
  const unitState = read(node.unitStatesSection)
  const now = read(beginSection)
  return {
    hostname: read(machineSection).hostname,
    isContainer: read(virtualizationSection).isContainer,
    now,
    kubelet: {...unitState('kubelet.service', now), lines: read(kubeletJournalSection)},
    containerd: {...unitState('containerd.service', now), lines: read(containerdJournalSection)},
    containers: read(containersSection)(read(tasksSection)),
    kernel: read(kernelLogSection),
    listening: read(listeningSection),
    disks: read(node.roomSection),
    ...read(node.memorySection),
    cgroupVersion: read(cgroupSection).version,
    ...read(joinSection),
    runtime: read(runtimeStateSection),
    network: read(podNetworkSection),
    sysctls: read(sysctlSection),
    inotifyInUse: read(node.inotifySection),
    certificates: read(certificatesSection),
    podUids: read(probes.podUidsSection),
    flags: read(probes.flagsSection),
    lackingFiles: read(filesSection),
    changedFiles: read(changedFilesSection),
    silentDns: read(silentDnsSection),
    dnsForwards: read(dnsForwardsSection),
    dropRules: read(dropRulesSection),
    connections: read(connectionsSection),
    kubeletAnswers: read(probes.kubeletHealthSection),
    api: read(probes.apiProbeSection),
    notReady: read(probes.readyzSection),
    peers: read(probes.peersSection),
    keepalived: read(keepalivedSection),
    packageLock: read(packageLockSection).lock,
    unheld: read(holdsSection),
  }
}
