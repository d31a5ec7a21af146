import type {KubeObject} from './kube-object.ts'

export const UPLOADED_CERTS = {name: 'kubeadm-certs', namespace: 'kube-system'} as const

/** The bootstrap token that owns the Secret, and so ends it. */
export interface OwnerToken {
  readonly name: string
  readonly uid: string
}

export interface CertsSecret extends KubeObject {
  readonly data: Readonly<Record<string, string>>
}

/** The Secret with the files that control planes share, encrypted; empty for a file that does not exist (phases/copycerts). */
export const certsSecret = (sealed: ReadonlyMap<string, Uint8Array>, owner: OwnerToken): CertsSecret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    ...UPLOADED_CERTS,
    ownerReferences: [{apiVersion: 'v1', kind: 'Secret', ...owner, controller: true, blockOwnerDeletion: true}],
  },
  data: Object.fromEntries([...sealed].map(([entry, bytes]) => [entry, Buffer.from(bytes).toString('base64')])),
})
