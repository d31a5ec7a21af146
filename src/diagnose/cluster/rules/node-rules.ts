import {ageText} from '../../../domain/duration.ts'
import {kubeletMayJoin, parseVersion, type KubernetesVersion} from '../../../domain/version.ts'
import {conditionOf, textAt} from '../../../kube/json.ts'
import type {Judgement} from '../../diagnosis.ts'
import {timeAt} from '../cluster-time.ts'
import {cut, names, type ClusterRule, type ClusterView, type NodeView} from '../cluster-view.ts'
import {nodesOfHosts} from '../hosts-as-nodes.ts'

const nodeMissing: ClusterRule = {
  name: 'node-missing',
  judge: view => {
    const {expected, nodes, snapshot} = view
    if (expected.hosts === undefined || snapshot.nodes === undefined) return []
    const {missing, unknown} = nodesOfHosts(expected.hosts, nodes)
    const proof = [`nodes of the cluster: ${names(nodes.map(({name}) => name)) || 'none'}`]
    const named = missing.map(({name = '', addresses}): Judgement => {
      const other = nodes.find(node => node.addresses.some(address => addresses.includes(address)))
      return {
        cause: `node ${name} is in your file, but not in the cluster`,
        certainty: 'certain',
        proof: [...proof, ...(other === undefined ? [] : [`node ${other.name} has its address`])],
        nodes: [name],
        fix: `if the machine was a node before, run on ${name} to register it again: \`sudo systemctl restart kubelet\`; otherwise, and afterwards: ${expected.repair.cluster}`,
      }
    })
    const lacking = expected.hosts.length - nodes.length
    if (unknown.length === 0 || lacking <= named.length) return named
    const who = names(unknown.map(({addresses}) => addresses[0] ?? 'this machine'))
    return [
      ...named,
      {
        cause: `your file has ${String(expected.hosts.length)} hosts and the cluster ${String(nodes.length)} nodes; none of them is ${who}`,
        certainty: 'likely',
        proof,
        fix: expected.repair.cluster,
      },
    ]
  },
}

const nodeRole: ClusterRule = {
  name: 'node-role',
  judge: ({expected, nodes}) => {
    if (expected.hosts === undefined) return []
    const {pairs} = nodesOfHosts(expected.hosts, nodes)
    return pairs.flatMap(({host, node}): readonly Judgement[] => {
      if (node.isFresh || (host.role === 'control-plane') === node.controlPlane) return []
      const isLacking = host.role === 'control-plane'
      return [
        {
          cause: `node ${node.name} is ${isLacking ? 'a control plane' : 'a worker'} in your file and ${isLacking ? 'a worker' : 'a control plane'} in the cluster`,
          certainty: 'certain',
          proof: [`${node.name}: roles ${node.roles.join(', ') || 'none'}`],
          fix: isLacking
            ? expected.repair.cluster
            : `\`kubectl label node ${node.name} node-role.kubernetes.io/control-plane-\``,
        },
      ]
    })
  },
}

const nodeNotReady: ClusterRule = {
  name: 'node-not-ready',
  judge: view => view.nodes.filter(({ready, isFresh}) => !ready && !isFresh).map(node => notReady(node, view)),
}

function notReady(node: NodeView, {snapshot: {now}, expected}: ClusterView): Judgement {
  const condition = conditionOf(node.object, 'Ready')
  const since = timeAt(condition, 'lastTransitionTime')
  const long = since === undefined ? '' : ` for ${ageText(now - since)}`
  const isSilent = condition === undefined || textAt(condition, 'status') === 'Unknown'
  return {
    cause: isSilent
      ? `node ${node.name} has not reported${long}: its kubelet, the machine or the network between them is down`
      : `node ${node.name} is not ready${long}`,
    certainty: 'certain',
    proof: [`${textAt(condition, 'reason') ?? 'Ready'}: ${cut(node.reason ?? '')}`],
    nodes: [node.name],
    fix: `${expected.repair.why(node)}; fix that first, then: ${expected.repair.cluster}`,
  }
}

const PRESSURES = {
  DiskPressure: ['is running out of disk space', 'free space; `df -h` and `df -i` show how much is left'],
  MemoryPressure: ['is running out of memory', 'see what uses it: `kubectl describe node`'],
  PIDPressure: ['is running out of process ids', 'see how many are in use: `ps -eLf | wc -l`'],
} as const

const nodePressure: ClusterRule = {
  name: 'node-pressure',
  judge: ({nodes}) =>
    nodes.flatMap(node =>
      Object.entries(PRESSURES).flatMap(([type, [what, fix]]): readonly Judgement[] => {
        const condition = conditionOf(node.object, type)
        if (textAt(condition, 'status') !== 'True') return []
        return [
          {
            cause: `node ${node.name} ${what}: it accepts no new pods and evicts some of its pods`,
            certainty: 'certain',
            proof: [`${type}: ${textAt(condition, 'message') ?? ''}`],
            nodes: [node.name],
            fix: `on ${node.name}: ${fix}`,
          },
        ]
      }),
    ),
}

const networkUnavailable: ClusterRule = {
  name: 'node-network',
  judge: ({nodes, expected}) =>
    nodes.flatMap((node): readonly Judgement[] => {
      const condition = conditionOf(node.object, 'NetworkUnavailable')
      if (node.isFresh || textAt(condition, 'status') !== 'True') return []
      return [
        {
          cause: `the pod network is not set up on node ${node.name}`,
          certainty: 'certain',
          proof: [`${textAt(condition, 'reason') ?? ''}: ${textAt(condition, 'message') ?? ''}`],
          fix: expected.repair.cluster,
        },
      ]
    }),
}

/** Without what a distribution adds: `v1.37.2+k3s1`. */
const release = (text: string | undefined): KubernetesVersion | undefined =>
  parseVersion(/^v?[\d.]+/.exec(text ?? '')?.[0] ?? '')

const versionSkew: ClusterRule = {
  name: 'version-skew',
  judge: ({nodes, snapshot}) => {
    const server = release(snapshot.version)
    if (server === undefined) return []
    return nodes.flatMap((node): readonly Judgement[] => {
      const kubelet = release(node.version)
      if (kubelet === undefined || kubeletMayJoin(kubelet, server)) return []
      const isNewer = kubelet.minor > server.minor
      return [
        {
          cause: `the kubelet of node ${node.name} is ${kubelet.text}, ${isNewer ? 'newer' : 'more than three releases older'} than the API server (${server.text})`,
          certainty: 'certain',
          proof: [`${node.name}: kubelet ${node.version}; API server ${snapshot.version ?? ''}`],
          fix: `install kubelet ${server.text} on the node, or upgrade the control plane first if you upgraded the node on purpose`,
        },
      ]
    })
  },
}

export const NODE_RULES: readonly ClusterRule[] = [
  nodeMissing,
  nodeRole,
  nodeNotReady,
  nodePressure,
  networkUnavailable,
  versionSkew,
]
