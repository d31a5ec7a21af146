import type {Node, Taint} from '../domain/cluster.ts'

export const CONTROL_PLANE_LABEL = 'node-role.kubernetes.io/control-plane'

/** A taint as the API has it. */
export interface ApiTaint {
  readonly key: string
  readonly value?: string
  readonly effect: string
}

/** The labels a node should carry: its role's and the user's. */
export const nodeLabels = (node: Node): Readonly<Record<string, string>> => ({
  ...(node.role === 'control-plane'
    ? {[CONTROL_PLANE_LABEL]: '', 'node.kubernetes.io/exclude-from-external-load-balancers': ''}
    : {}),
  ...node.host.labels,
})

/** The taints a node should carry; without a word from the user, control planes keep ordinary pods away. */
export function nodeTaints(node: Node): readonly ApiTaint[] {
  const byRole: readonly Taint[] =
    node.role === 'control-plane' ? [{key: CONTROL_PLANE_LABEL, value: undefined, effect: 'NoSchedule'}] : []
  return (node.host.taints ?? byRole).map(({key, value, effect}) => ({
    key,
    ...(value === undefined || value === '' ? {} : {value}),
    effect,
  }))
}
