import {KadmError} from '../../domain/errors.ts'
import {podState} from '../../kube/components.ts'
import {conditionOf, nameOf, textAt, type ApiObject} from '../../kube/json.ts'
import {apiPath, query} from '../../kube/kinds.ts'
import type {NodeStatus} from '../../kube/nodes.ts'
import {throughKubelets} from './through-kubelets.ts'
import {isEnding, podsLabelled, until, type Probe, type CheckContext} from '../check-context.ts'
import {PROBE} from '../workload.ts'

/** A pod on every node that is Ready; gives them. */
export async function probesOn(context: CheckContext, nodes: readonly NodeStatus[]): Promise<readonly Probe[]> {
  return until(context, {what: 'a pod on every node', deadlineMs: 90_000, withWarnings: true}, async () => {
    const pods = (await podsLabelled(context, PROBE)).filter(pod => !isEnding(pod))
    const missing = nodes.flatMap(node => lacking(node, pods))
    return missing.length === 0 ? {value: readyProbes(nodes, pods)} : {seen: missing.join('; ')}
  })
}

/** Those that run, after the wait for all of them was in vain. */
export const probesThatRun = async (context: CheckContext, nodes: readonly NodeStatus[]): Promise<readonly Probe[]> =>
  readyProbes(
    nodes,
    (await podsLabelled(context, PROBE)).filter(pod => !isEnding(pod)),
  )

const onNode = (pods: readonly ApiObject[], node: NodeStatus): ApiObject | undefined =>
  pods.find(pod => textAt(pod, 'spec', 'nodeName') === node.name)

const isReady = (pod: ApiObject): boolean => textAt(conditionOf(pod, 'Ready'), 'status') === 'True'

function lacking(node: NodeStatus, pods: readonly ApiObject[]): readonly string[] {
  const pod = onNode(pods, node)
  if (pod === undefined) return [`${node.name}: pod not created`]
  return isReady(pod) ? [] : [`${node.name}: ${podState(pod)}`]
}

const readyProbes = (nodes: readonly NodeStatus[], pods: readonly ApiObject[]): readonly Probe[] =>
  nodes.flatMap(node => {
    const pod = onNode(pods, node)
    const ip = textAt(pod, 'status', 'podIP')
    if (pod === undefined || ip === undefined || !isReady(pod)) return []
    return [
      {name: nameOf(pod), node: node.name, ip, controlPlane: node.controlPlane, nodeAddress: node.internalAddress},
    ]
  })

/** The log of every probe can be read, which goes through the kubelet of its node. */
export async function logsFrom(context: CheckContext, probes: readonly Probe[]): Promise<string> {
  const {api, namespace, signal} = context
  await throughKubelets(context, probes, async probe => {
    // From its beginning: each look at its health writes a line more.
    const log = await api.getText(`${apiPath.pods(probe.name, namespace)}/log${query({limitBytes: 4096})}`, {signal})
    if (log.includes('Started HTTP server')) return
    throw new KadmError('verify', `the log of the pod on ${probe.node} does not contain its output`, {evidence: log})
  })
  return `read on ${count(probes.length)}`
}

/** A command runs in every probe, and its output and exit code come back. */
export async function execOn(context: CheckContext, probes: readonly Probe[]): Promise<string> {
  await throughKubelets(context, probes, async probe => {
    // Its help names its subcommands, whatever its version.
    const {code, stdout, stderr} = await context.exec(probe, ['/agnhost', '--help'])
    if (code === 0 && stdout.includes('netexec')) return
    throw new KadmError(
      'verify',
      `a command in the pod on ${probe.node} ended with exit code ${code} instead of printing its help`,
      {
        evidence: stdout + stderr,
      },
    )
  })
  return `ran on ${count(probes.length)}`
}

export const count = (nodes: number): string => `${nodes} ${nodes === 1 ? 'node' : 'nodes'}`
