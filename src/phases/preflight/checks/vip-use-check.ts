import {VIP_MARKS, type VirtualAddress} from '../../../domain/virtual-address.ts'
import type {Finding} from '../finding.ts'
import {error, ok, warning, type HostCheck, type HostView, type JudgedHost, type PreflightInput} from '../input.ts'
import {VIP_CHECK} from './vip-network-check.ts'

const NO_API = 'no API server answers at'

/** Whether the virtual address is free, or already belongs to the control planes of this cluster. */
export const vipUseCheck: HostCheck = (view, input) => {
  const {virtualAddress: vip} = input.cluster
  if (vip === undefined) return []
  const {endpoint: answer} = view
  const has = cardWith(view, vip.address)
  if (has !== undefined && !shares(view))
    return [
      error(
        VIP_CHECK,
        view,
        `already has ${vip.address} on ${has}, and not by kadm`,
        `remove the address from ${has}, or write another virtual address`,
      ),
    ]
  if (answer?.kind === 'unknown-name')
    return [
      error(
        VIP_CHECK,
        view,
        `does not resolve the name in controlPlaneEndpoint, ${input.cluster.controlPlaneEndpoint ?? ''}`,
        `let the name resolve to ${vip.address} in DNS or in /etc/hosts of ${view.label}, or remove controlPlaneEndpoint`,
      ),
    ]
  if (answer?.kind === 'server' && answer.isOfCluster === true)
    return [ok(VIP_CHECK, view, `${vip.address} leads to an API server of this cluster`)]
  return [isShared(input, vip) ? judgeShared(view, vip) : judgeFree(view, vip)]
}

const cardWith = ({facts}: JudgedHost, wanted: string): string | undefined =>
  facts.network.interfaces.find(({addresses}) => addresses.some(({address}) => address === wanted))?.name

const shares = ({facts}: JudgedHost): boolean => Object.values(VIP_MARKS).some(path => facts.files[path] !== undefined)

/** Control planes share the address already: those of this run, or those of the cluster that the hosts join. */
const isShared = ({hosts, clusterCaHash}: PreflightInput, {address}: VirtualAddress): boolean =>
  clusterCaHash !== undefined ||
  hosts.some(host => shares(host) && (host.facts.clusterCaHash !== undefined || cardWith(host, address) !== undefined))

function judgeShared(view: HostView, {address, provider}: VirtualAddress): Finding {
  const {endpoint: answer} = view
  if (answer?.kind === 'server') return leadsElsewhere(view, address, answer.subject)
  if (answer === undefined || !view.isMember) return ok(VIP_CHECK, view, `${NO_API} ${address} yet`)
  return warning(
    VIP_CHECK,
    view,
    `${NO_API} ${address}`,
    provider === 'keepalived'
      ? 'on the control planes, check systemctl status keepalived and journalctl -u keepalived, and that firewalls let VRRP (IP protocol 112) through between them'
      : 'on the control planes, check the log of kube-vip: sudo sh -c "tail -n 20 /var/log/containers/kube-vip-*.log"',
  )
}

const leadsElsewhere = (view: HostView, address: string, subject: string): Finding =>
  error(
    VIP_CHECK,
    view,
    `another server answers at ${address}: its certificate is for ${subject}, and the CA of this cluster did not sign it`,
    `find the machine that has ${address} too (ip neigh show ${address} prints its MAC address), and give it another address`,
  )

/** Before control planes share the address, every answer comes from another machine. */
function judgeFree(view: HostView, {address}: VirtualAddress): Finding {
  const {endpoint: answer, neighbour} = view
  const who = neighbour === undefined ? '' : ` (MAC address ${neighbour})`
  const remedy = `write a free address under loadBalancer in the file, or take ${address} from the machine that has it`
  const taken = (what: string): Finding =>
    error(VIP_CHECK, view, `${address} is already in use: another machine${who} ${what}`, remedy)
  switch (answer?.kind) {
    case 'server':
      return taken(`answers there with a certificate for ${answer.subject}`)
    case 'closed':
      return taken('accepts connections there')
    case 'refused':
      return taken('refuses connections there')
    case 'unknown-name':
    case 'silent':
    case undefined:
      return neighbour === undefined ? ok(VIP_CHECK, view, `${address} is free`) : taken('has it')
  }
}
