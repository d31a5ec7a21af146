import {CNI_BIN_DIR, CNI_CONF_DIR} from '../domain/paths.ts'
import type {CgroupDriver} from './kubelet-config.ts'
import {fill, type Templates} from './templates.ts'

/** Where kadm puts the template from which containerd makes a node's pod-network configuration. */
export const CNI_CONF_TEMPLATE = '/etc/containerd/pod-network.conflist'

export interface ContainerdOptions {
  /** Of containerd itself: 1 reads version 2 files, 2 and later version 3. */
  readonly majorVersion: number
  readonly sandboxImage: string
  readonly cgroupDriver: CgroupDriver
  /** Where CAP_SYS_RESOURCE is missing no container could lower its score, and none would start. */
  readonly restrictOomScoreAdj: boolean
  /** Make the pod network from CNI_CONF_TEMPLATE; false when the pod network brings its own file. */
  readonly useConfTemplate: boolean
}

/** /etc/containerd/config.toml. */
export function containerdConfig(templates: Templates, options: ContainerdOptions): string {
  const shared = {
    sandboxImage: tomlString(options.sandboxImage),
    restrictOomScoreAdj: String(options.restrictOomScoreAdj),
    systemdCgroup: String(options.cgroupDriver === 'systemd'),
    cniConfDir: tomlString(CNI_CONF_DIR),
    cniConfTemplate: tomlString(options.useConfTemplate ? CNI_CONF_TEMPLATE : ''),
  }
  return options.majorVersion < 2
    ? fill(templates['containerd-v2.toml'], {...shared, cniBinDir: tomlString(CNI_BIN_DIR)})
    : fill(templates['containerd-v3.toml'], {...shared, cniBinDirs: `[${tomlString(CNI_BIN_DIR)}]`})
}

/** containerd.service, for hosts that have no package for it. */
export const containerdUnit = (templates: Templates, binary = '/usr/local/bin/containerd'): string =>
  fill(templates['containerd.service'], {binary})

/** CNI_CONF_TEMPLATE: filled by containerd itself with the node's pod ranges. `mtu` is 50 below the card's for vxlan. */
export const podNetworkTemplate = (templates: Templates, mtu = 1450): string =>
  fill(templates['pod-network.conflist'], {mtu: String(mtu)})

/** A JSON string is a TOML basic string. */
const tomlString = (value: string): string => JSON.stringify(value)
