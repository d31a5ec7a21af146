import {block} from '../../resources/files/block.ts'
import {file} from '../../resources/files/file.ts'
import {hostname} from '../../resources/host/hostname.ts'
import {hostsFileEntry} from '../../resources/host/hosts-file-entry.ts'
import type {Phase} from '../phase.ts'

const HOSTS = '/etc/hosts'

export const hostnamePhase: Phase = {
  name: 'hostname',
  title: 'Set the hostname',
  why: 'the hostname identifies the node; it must be unique and must resolve without a DNS server',
  resources: ({node, facts}) => [
    ...(node.host.name === undefined
      ? []
      : [hostname({name: node.host.name, why: 'the hostname identifies the node'})]),
    block({
      path: HOSTS,
      name: 'node',
      lines: `${node.address} ${node.name}\n`,
      why: 'the name must resolve to the address that the cluster uses',
    }),
    hostsFileEntry({
      path: HOSTS,
      name: node.name,
      why: 'the name must not resolve to 127.0.1.1',
    }),
    ...(facts.cloudInit === undefined ? [] : [keptNames()]),
  ],
}

/** Also when the name does not change: after a boot with another name, the machine would be another node. */
const keptNames = () =>
  file({
    path: '/etc/cloud/cloud.cfg.d/99-kadm.cfg',
    content: `# written by kadm: a node keeps its name, and its name leads to its address
preserve_hostname: true
manage_etc_hosts: false
`,
    why: 'cloud-init would restore the old name at the next boot',
  })
