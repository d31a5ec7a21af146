import {addressBytes, parseAddress} from './cidr.ts'
import {MANIFESTS_DIR} from './paths.ts'

export const VIP_PROVIDERS = ['keepalived', 'kube-vip'] as const
export type VipProvider = (typeof VIP_PROVIDERS)[number]

/** One address of the API that the control planes share: it moves to one whose API server answers. */
export interface VirtualAddress {
  readonly address: string
  /** The program on the control planes that moves it. */
  readonly provider: VipProvider
  /** The interface that gets it; undefined for the one of the node's own address. */
  readonly networkInterface: string | undefined
}

const KEEPALIVED_DIR = '/etc/keepalived'
/** The file that the unit of the distribution reads. */
export const KEEPALIVED_CONFIG = `${KEEPALIVED_DIR}/keepalived.conf`
/** Only kadm writes it, so it shows that kadm set up keepalived on a host. */
export const KEEPALIVED_CHECK = `${KEEPALIVED_DIR}/kadm-check`
export const KEEPALIVED_AUTH = `${KEEPALIVED_DIR}/kadm-auth.conf`
export const KEEPALIVED_DROP_IN = '/etc/systemd/system/keepalived.service.d/10-kadm.conf'

/** On ConfigMap kube-system/kubeadm-config, the virtual address as JSON: kubeadm's document has no place for it. */
export const VIP_NOTE = 'kadm.io/virtual-address'

export const KUBE_VIP_POD = 'kube-vip'
export const KUBE_VIP_MANIFEST = `${MANIFESTS_DIR}/${KUBE_VIP_POD}.yaml`

/** The files by which a host shows that it shares the address, by program. */
export const VIP_MARKS = {
  keepalived: KEEPALIVED_CHECK,
  'kube-vip': KUBE_VIP_MANIFEST,
} as const satisfies Record<VipProvider, string>

/** How the address is written on an interface: alone, so that no packet has it as source by itself. */
export const vipPrefix = (address: string): string => `${address}/${parseAddress(address)?.family === 6 ? 128 : 32}`

/** The number of a group of VRRP (1 to 255) among those on one network, from the last byte of the address. */
export function routerId(address: string): number {
  const parsed = parseAddress(address)
  const last = parsed === undefined ? 0 : (addressBytes(parsed).at(-1) ?? 0)
  return last === 0 ? 255 : last
}
