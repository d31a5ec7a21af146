import {createHash} from 'node:crypto'

export const CONFIG_HASH_ANNOTATION = 'kubeadm.kubernetes.io/component-config.hash'

/** By this hash kubeadm knows a component's configuration as generated rather than written by a user. */
export function configHash(data: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256')
  for (const key of Object.keys(data).sort()) hash.update(data[key] ?? '')
  return `sha256:${hash.digest('hex')}`
}
