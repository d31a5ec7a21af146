import {netplanYaml} from '../../manifests/host-files.ts'
import {hostNetwork} from '../../resources/network/host-network.ts'
import type {Phase} from '../phase.ts'

export const networkPhase: Phase = {
  name: 'network',
  title: 'Set the static address',
  why: 'certificates and etcd contain the address of the node, so DHCP must not change it',
  when: ({node}) => (node.host.netplan === undefined ? 'the file sets no static address' : true),
  resources: ({node}) =>
    node.host.netplan === undefined
      ? []
      : [
          hostNetwork({
            path: '/etc/netplan/60-kadm.yaml',
            text: netplanYaml(node.host.netplan),
            interfaces: node.host.netplan.interfaces,
            why: 'sets a static address with netplan; the host reverts it unless a new login works',
          }),
        ],
}
