import {block} from '../../resources/files/block.ts'
import {file} from '../../resources/files/file.ts'
import {hostname} from '../../resources/host/hostname.ts'
import {loopbackName} from '../../resources/host/hosts-file-entry.ts'
import type {Phase} from '../phase.ts'

const HOSTS = '/etc/hosts'

export const hostnamePhase: Phase = {
  name: 'hostname',
  title: 'Give the host its name',
  why: 'a node is known to the cluster by its hostname, which must be its own and must resolve without a name server',
  resources: ({node, facts}) => [
    ...(node.host.name === undefined ? [] : [hostname({name: node.host.name, why: 'a node is known by its hostname'})]),
    block({
      path: HOSTS,
      name: 'node',
      lines: `${node.address} ${node.name}\n`,
      why: 'the name must lead to the address the cluster uses',
    }),
    loopbackName({
      path: HOSTS,
      name: node.name,
      why: 'the name must not lead to 127.0.1.1, which is every host itself',
    }),
    ...(facts.cloudInit === undefined ? [] : [keptNames()]),
  ],
}

/** Also where the name stays as it is: a node that has another name after a boot is no longer that node. */
const keptNames = () =>
  file({
    path: '/etc/cloud/cloud.cfg.d/99-kadm.cfg',
    content: `# written by kadm: a node keeps its name, and its name leads to its address
preserve_hostname: true
manage_etc_hosts: false
`,
    why: 'cloud-init would set the old name back at the next boot',
  })
