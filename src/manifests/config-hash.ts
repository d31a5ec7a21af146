import {createHash} from 'node:crypto'

export const CONFIG_HASH_ANNOTATION = 'kubeadm.kubernetes.io/component-config.hash'

/** By this hash kubeadm knows a component's configuration as generated rather than written by a user. */
export function configHash(data: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256')
  for (const key of Object.keys(data).sort()) hash.update(data[key] ?? '')
  return `sha256:${hash.digest('hex')}`
}

/** On a pod, the sha256 of a configuration that its program reads only at its start: another hash makes another pod. */
export const STARTED_WITH = 'kadm.io/config-sha256'

/** The value of `STARTED_WITH`, in hex. */
export const startedWith = (text: string): string => createHash('sha256').update(text).digest('hex')
