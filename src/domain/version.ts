import {KadmError} from './errors.ts'

/** A release of Kubernetes, `v1.37.2`. Version rules are named predicates over this value, kept in this file. */
export interface KubernetesVersion {
  readonly text: string
  readonly major: number
  readonly minor: number
  readonly patch: number
}

export const OLDEST_MINOR = 35
export const NEWEST_MINOR = 37

export function parseVersion(text: string): KubernetesVersion | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)$/.exec(text.trim())
  if (match === null) return undefined
  const [major, minor, patch] = match.slice(1).map(Number)
  if (major === undefined || minor === undefined || patch === undefined) return undefined
  return {text: `v${String(major)}.${String(minor)}.${String(patch)}`, major, minor, patch}
}

/** Throws `config` for a version that kadm cannot install. */
export function supportedVersion(text: string): KubernetesVersion {
  const version = parseVersion(text)
  const range = `v1.${String(OLDEST_MINOR)} to v1.${String(NEWEST_MINOR)}`
  if (version === undefined)
    throw new KadmError('config', `invalid Kubernetes version '${text}'`, {
      hint: `use a full version such as v1.37.2 (${range})`,
    })
  if (version.major !== 1 || version.minor < OLDEST_MINOR || version.minor > NEWEST_MINOR) {
    throw new KadmError('config', `Kubernetes ${version.text} is not supported by this version of kadm`, {
      hint: `use a version from ${range}`,
    })
  }
  return version
}

export const compareVersions = (a: KubernetesVersion, b: KubernetesVersion): number =>
  a.major - b.major || a.minor - b.minor || a.patch - b.patch

/** The kubelet may be up to three minors older than the API server and never newer (Kubernetes version skew policy). */
export const kubeletMayJoin = (kubelet: KubernetesVersion, controlPlane: KubernetesVersion): boolean =>
  kubelet.major === controlPlane.major && kubelet.minor <= controlPlane.minor && controlPlane.minor - kubelet.minor <= 3

/** Since 1.36 the API server's kubelet client has no organisation and a ClusterRoleBinding of its own. */
export const kubeletClientHasBinding = (v: KubernetesVersion): boolean => v.minor >= 36
/** Since 1.36 the controller manager no longer mounts the flexvolume directory. */
export const mountsFlexvolumeDir = (v: KubernetesVersion): boolean => v.minor < 36
/** Since 1.37 kubeadm writes the kube-proxy mode it means instead of leaving it empty. */
export const namesProxyMode = (v: KubernetesVersion): boolean => v.minor >= 37
/** Since 1.35 the kubelet refuses cgroup v1 unless `failCgroupV1: false` says otherwise (KEP-5573). */
export const kubeletRefusesCgroupV1 = (v: KubernetesVersion): boolean => v.minor >= 35
