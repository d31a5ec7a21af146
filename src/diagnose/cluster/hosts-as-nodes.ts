import type {ExpectedHost} from './expected.ts'
import type {NodeView} from './cluster-view.ts'

export interface HostsAsNodes {
  readonly pairs: readonly {readonly host: ExpectedHost; readonly node: NodeView}[]
  /** Hosts with a known name that no node has. */
  readonly missing: readonly ExpectedHost[]
  /** Hosts whose name is not known and whose address no node has. */
  readonly unknown: readonly ExpectedHost[]
  /** Nodes that no host stands for. */
  readonly others: readonly NodeView[]
}

/** Which node each host of the file is: by its name, else by its address. */
export function nodesOfHosts(hosts: readonly ExpectedHost[], nodes: readonly NodeView[]): HostsAsNodes {
  const byName = new Map(nodes.map(node => [node.name, node]))
  const byAddress = new Map(nodes.flatMap(node => node.addresses.map(address => [address, node] as const)))
  const found = hosts.map(host => {
    const node =
      host.name === undefined
        ? host.addresses.map(address => byAddress.get(address)).find(one => one !== undefined)
        : byName.get(host.name.toLowerCase())
    return {host, node}
  })
  const taken = new Set(found.map(({node}) => node))
  return {
    pairs: found.flatMap(({host, node}) => (node === undefined ? [] : [{host, node}])),
    missing: found.flatMap(({host, node}) => (node === undefined && host.name !== undefined ? [host] : [])),
    unknown: found.flatMap(({host, node}) => (node === undefined && host.name === undefined ? [host] : [])),
    others: nodes.filter(node => !taken.has(node)),
  }
}
