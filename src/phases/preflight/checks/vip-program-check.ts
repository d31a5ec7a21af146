import {KEEPALIVED_CHECK, KEEPALIVED_CONFIG, VIP_MARKS, VIP_PROVIDERS} from '../../../domain/virtual-address.ts'
import type {Finding} from '../finding.ts'
import {error, warning, type HostCheck, type HostView} from '../input.ts'
import {isOldUfw} from '../../host/firewall.ts'
import {VIP_CHECK} from './vip-network-check.ts'

/** Whether kadm can set up the program that moves the virtual address on this control plane. */
export const vipProgramCheck: HostCheck = (view, {cluster: {virtualAddress: vip}, bundleArchitecture}) => {
  if (!view.isControlPlane) return []
  const other = VIP_PROVIDERS.find(
    provider => provider !== vip?.provider && view.isMember && view.facts.files[VIP_MARKS[provider]] !== undefined,
  )
  if (other !== undefined)
    return [
      error(
        VIP_CHECK,
        view,
        `shares the address of the API by ${other}, but this run ${vip === undefined ? 'sets no virtual address' : `sets ${vip.provider}`}`,
        `write loadBalancer: {kind: vip, address: ADDRESS, provider: ${other}} in the file; kadm removes ${other} only when it resets the node`,
      ),
    ]
  if (vip?.provider !== 'keepalived') return []
  return [...ownKeepalived(view), ...lacking(view, bundleArchitecture !== undefined), ...oldUfw(view)]
}

/** keepalived reads one file, so kadm would replace yours. */
function ownKeepalived(view: HostView): readonly Finding[] {
  const {files} = view.facts
  if (files[KEEPALIVED_CONFIG] === undefined || files[KEEPALIVED_CHECK] !== undefined) return []
  return [
    error(
      VIP_CHECK,
      view,
      `keepalived already has a configuration that kadm did not write: ${KEEPALIVED_CONFIG}`,
      `move it to another place if you do not need it, or write provider: kube-vip under loadBalancer in the file`,
    ),
  ]
}

function lacking(view: HostView, usesBundle: boolean): readonly Finding[] {
  const missing = ['keepalived', 'curl'].filter(name => view.facts.packages[name] === undefined)
  if (!usesBundle || missing.length === 0) return []
  return [
    error(
      VIP_CHECK,
      view,
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed, and a bundle has no Debian packages`,
      `install ${missing.length === 1 ? 'it' : 'them'} on ${view.label}: sudo apt-get install ${missing.join(' ')}; or write provider: kube-vip, whose image is in the bundle`,
    ),
  ]
}

function oldUfw(view: HostView): readonly Finding[] {
  if (!view.facts.firewall.ufw || !isOldUfw(view.facts)) return []
  return [
    warning(
      VIP_CHECK,
      view,
      `ufw ${view.facts.packages['ufw']?.version ?? ''} has no rules for VRRP, so keepalived may not hear the other control planes`,
      'add to /etc/ufw/before.rules, before its line COMMIT, and for each other control plane: -A ufw-before-input -p 112 -s ADDRESS -j ACCEPT; then run: sudo ufw reload',
    ),
  ]
}
