/** The texts with holes of the folder templates/, by file name. Read once at the edge and handed in. */
export type TemplateName =
  | 'kubelet.service'
  | '10-kubeadm.conf'
  | 'containerd.service'
  | 'containerd-v2.toml'
  | 'containerd-v3.toml'
  | 'pod-network.conflist'
  | 'modules.conf'
  | 'sysctl.conf'
  | 'nat.nft'
  | 'kadm-nat.service'
  | 'kadm-firewall.sh'
  | 'kadm-firewall.service'
  | 'haproxy.cfg'
  | 'keepalived.conf'
  | 'keepalived-check.sh'

export type Templates = Readonly<Record<TemplateName, string>>

const HOLE = /@\{(\w+)\}/g

/** Fills every `@{hole}`; a hole without a value and a value without a hole are bugs and throw. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  const holes = new Set([...template.matchAll(HOLE)].map(([, name = '']) => name))
  const unknown = [...holes].filter(name => !Object.hasOwn(values, name))
  const unused = Object.keys(values).filter(name => !holes.has(name))
  if (unknown.length > 0) throw new Error(`template has holes without a value: ${unknown.join(', ')}`)
  if (unused.length > 0) throw new Error(`template has no holes for: ${unused.join(', ')}`)
  return template.replaceAll(HOLE, (_, name: string) => values[name] ?? '')
}
