import {block} from '../resources/block.ts'
import {hostname} from '../resources/hostname.ts'
import type {Phase} from './phase.ts'

export const hostnamePhase: Phase = {
  name: 'hostname',
  title: 'Give the host its name',
  why: 'a node is known to the cluster by its hostname, which must be its own and must resolve without a name server',
  resources: ({node}) => [
    ...(node.host.name === undefined ? [] : [hostname({name: node.host.name, why: 'a node is known by its hostname'})]),
    block({
      path: '/etc/hosts',
      name: 'node',
      lines: `${node.address} ${node.name}\n`,
      why: 'the name must lead to the address the cluster uses, and not to 127.0.1.1',
    }),
  ],
}
