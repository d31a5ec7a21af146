import {netplanYaml} from '../manifests/host-files.ts'
import {hostNetwork} from '../resources/host-network.ts'
import type {Phase} from './phase.ts'

export const networkPhase: Phase = {
  name: 'network',
  title: 'Give the host its address',
  why: "certificates and etcd carry the node's address, so it must not change with the next DHCP lease",
  when: ({node}) => (node.host.netplan === undefined ? 'no address is asked for in the file' : true),
  resources: ({node, facts}) =>
    node.host.netplan === undefined
      ? []
      : [
          hostNetwork({
            path: '/etc/netplan/60-kadm.yaml',
            text: netplanYaml(node.host.netplan),
            addresses: Object.fromEntries(
              Object.entries(node.host.netplan.interfaces).map(([name, {addresses}]) => [name, addresses]),
            ),
            connectedAddress: facts.network.connectedAddress,
            why: 'a static address by netplan, tried first and taken back if the connection does not survive it',
          }),
        ],
}
