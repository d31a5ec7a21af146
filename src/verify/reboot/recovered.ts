import {componentStatus} from '../../kube/components.ts'
import {KadmError} from '../../domain/errors.ts'
import type {NodeStatus} from '../../kube/nodes.ts'
import {checker} from '../checker.ts'
import {dnsInside, podToPod, serviceAddress} from '../checks/network.ts'
import {probesOn} from '../checks/probes.ts'
import type {CheckResult} from '../outcome.ts'
import {until, type Probe, type CheckContext} from '../check-context.ts'

/** What only the cluster as a whole can show after a reboot: its own components, etcd, and the ways between pods. */
export async function recovered(
  context: CheckContext,
  nodes: readonly NodeStatus[],
  deadlineMs: number,
): Promise<readonly CheckResult[]> {
  const checks: CheckResult[] = []
  const check = checker(context, checks)
  await check('components of the cluster', () => componentsUp(context, deadlineMs))
  await check('etcd', () => etcdHealthy(context))
  let probes: readonly Probe[] = []
  await check('a pod on every node', async () => {
    probes = await probesOn(context, nodes)
    return probes.map(({node}) => node).join(', ')
  })
  if (probes.length === 0) return checks
  await check('pod to pod across nodes', () =>
    probes.length < 2 ? {skipped: 'the cluster has only one node'} : podToPod(context, probes),
  )
  await check('a service address from every node', () => serviceAddress(context, probes))
  await check('DNS inside the cluster', () => dnsInside(context, probes))
  return checks
}

async function componentsUp(context: CheckContext, deadlineMs: number): Promise<string> {
  const what = 'the components of the cluster to work again'
  const hint = "run 'kadm status' to see them"
  const all = await until(context, {what, deadlineMs, hint}, async () => {
    const components = await componentStatus(context.api, {signal: context.signal})
    const broken = components.filter(({ok}) => !ok).map(({name, detail}) => `${name}: ${detail}`)
    return broken.length === 0 ? {value: components} : {seen: broken.join('; ')}
  })
  return `${String(all.length)} work`
}

/** The API server's own word on its store. */
async function etcdHealthy({api, signal}: CheckContext): Promise<string> {
  const said = (await api.getText('/readyz/etcd', {signal, retryForMs: 60_000})).trim()
  if (said === 'ok') return 'the API server reaches it'
  throw new KadmError('verify', `the API server reports about etcd: ${said}`, {hint: "run 'kadm doctor' to see why"})
}
