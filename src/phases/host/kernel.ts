import {parseCidr} from '../../domain/cidr.ts'
import type {Cluster} from '../../domain/cluster.ts'
import {KERNEL_MODULES, modulesLoadText, sysctls, sysctlText} from '../../manifests/host-files.ts'
import {file} from '../../resources/files/file.ts'
import {kernelModule} from '../../resources/kernel/kernel-module.ts'
import {sysctl} from '../../resources/kernel/sysctl.ts'
import {rememberKernelSettings} from '../shared/kernel-memory.ts'
import type {Phase, PhaseContext} from '../phase.ts'

const families = ({network}: Cluster): readonly (4 | 6)[] => [
  ...new Set(network.podSubnets.map(subnet => parseCidr(subnet)?.family ?? 4)),
]

/**
 * A container does not have its own modules: what its kernel does not offer is not available there, and bridged traffic
 * is then not filtered.
 */
const offered = ({facts}: PhaseContext, key: string): boolean =>
  !facts.isContainer || !key.startsWith('net.bridge.') || facts.sysctls[key] !== undefined

export const kernelPhase: Phase = {
  name: 'kernel',
  title: 'Load modules and set kernel settings',
  why: 'containers need the overlay file system, and the host must forward the traffic of pods',
  resources: context => {
    const {cluster, facts, templates} = context
    const wanted = Object.entries(sysctls(families(cluster))).filter(([key]) => offered(context, key))
    const modules = facts.isContainer ? [] : KERNEL_MODULES
    return [
      rememberKernelSettings(),
      file({
        path: '/etc/modules-load.d/kadm.conf',
        content: modulesLoadText(templates),
        why: 'loads the modules at every boot',
      }),
      // After 99-sysctl.conf, which is /etc/sysctl.conf: the last file counts.
      file({
        path: '/etc/sysctl.d/99-zz-kadm.conf',
        content: sysctlText(templates, families(cluster)),
        why: 'sets the settings at every boot',
      }),
      ...modules.map(name => kernelModule({name, why: 'needed by containers and their network'})),
      ...wanted.map(([key, value]) => sysctl({key, value, why: 'lets this host forward the traffic of pods'})),
    ]
  },
}
