import {netplanYaml} from '../../manifests/host-files.ts'
import {hostNetwork} from '../../resources/network/host-network.ts'
import type {Phase} from '../phase.ts'

export const networkPhase: Phase = {
  name: 'network',
  title: 'Give the host its address',
  why: "certificates and etcd carry the node's address, so it must not change with the next DHCP lease",
  when: ({node}) => (node.host.netplan === undefined ? 'no address is asked for in the file' : true),
  resources: ({node}) =>
    node.host.netplan === undefined
      ? []
      : [
          hostNetwork({
            path: '/etc/netplan/60-kadm.yaml',
            text: netplanYaml(node.host.netplan),
            cards: node.host.netplan.interfaces,
            why: 'a static address by netplan; the host takes it back by itself unless a new login works with it',
          }),
        ],
}
