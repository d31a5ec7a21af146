import type {Evidence} from '../../domain/evidence.ts'

/** What is meant by the API in the kubelet's log: its own server, not a registry. */
export const endpoint = ({join}: Evidence): string | undefined =>
  /^https?:\/\/(\[[^\]]+\]|[^/:]+)(?::(\d+))?/.exec(join.apiServer ?? '')?.[0].replace(/^https?:\/\//, '')

/** Whether the host is a control plane. */
export const runsApi = ({manifests, controlPlane}: Evidence): boolean =>
  controlPlane.apiCertificate || manifests.some(({pod}) => pod === 'kube-apiserver')
