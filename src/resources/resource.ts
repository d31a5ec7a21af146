import type {z} from 'zod'
import {absentKind, type AbsentResource} from './absent.ts'
import {binaryKind, type BinaryResource} from './binary.ts'
import {blockKind, type BlockFound, type BlockResource} from './block.ts'
import {containerImagesKind, type ContainerImagesResource, type ImagesFound} from './container-images.ts'
import {directoryKind, type DirectoryResource} from './directory.ts'
import {fileKind, type FileResource} from './file.ts'
import {hostNetworkKind, type HostNetworkFound, type HostNetworkResource} from './host-network.ts'
import {hostnameKind, type HostnameFound, type HostnameResource} from './hostname.ts'
import {kernelModuleKind, type KernelModuleFound, type KernelModuleResource} from './kernel-module.ts'
import type {Kind} from './kind.ts'
import {loopbackNameKind, type LoopbackNameFound, type LoopbackNameResource} from './loopback-name.ts'
import {loadedRulesKind, type LoadedRulesFound, type LoadedRulesResource} from './loaded-rules.ts'
import {
  packageRepositoryKind,
  type PackageRepositoryFound,
  type PackageRepositoryResource,
} from './package-repository.ts'
import {packagesKind, type PackagesFound, type PackagesResource} from './packages.ts'
import type {PathState} from './path-state.ts'
import {pulledImagesKind, type PulledImagesFound, type PulledImagesResource} from './pulled-images.ts'
import {releaseKind, type ReleaseFound, type ReleaseResource} from './release.ts'
import {staticPodKind, type StaticPodFound, type StaticPodResource} from './static-pod.ts'
import {swapOffKind, type SwapFound, type SwapOffResource} from './swap-off.ts'
import {symlinkKind, type SymlinkResource} from './symlink.ts'
import {sysctlKind, type SysctlFound, type SysctlResource} from './sysctl.ts'
import {ufwRulesKind, type UfwRulesFound, type UfwRulesResource} from './ufw-rules.ts'
import type {UnitState} from './unit-state.ts'
import {unitKind, type UnitResource} from './unit.ts'
import {waitKind, type WaitFound, type WaitResource} from './wait.ts'

/** Each kind with its resource and the state it is found in. */
interface Kinds {
  readonly absent: readonly [AbsentResource, PathState]
  readonly binary: readonly [BinaryResource, PathState]
  readonly block: readonly [BlockResource, BlockFound]
  readonly 'container-images': readonly [ContainerImagesResource, ImagesFound]
  readonly directory: readonly [DirectoryResource, PathState]
  readonly file: readonly [FileResource, PathState]
  readonly 'host-network': readonly [HostNetworkResource, HostNetworkFound]
  readonly hostname: readonly [HostnameResource, HostnameFound]
  readonly 'kernel-module': readonly [KernelModuleResource, KernelModuleFound]
  readonly 'loopback-name': readonly [LoopbackNameResource, LoopbackNameFound]
  readonly 'loaded-rules': readonly [LoadedRulesResource, LoadedRulesFound]
  readonly packages: readonly [PackagesResource, PackagesFound]
  readonly 'package-repository': readonly [PackageRepositoryResource, PackageRepositoryFound]
  readonly 'pulled-images': readonly [PulledImagesResource, PulledImagesFound]
  readonly release: readonly [ReleaseResource, ReleaseFound]
  readonly 'static-pod': readonly [StaticPodResource, StaticPodFound]
  readonly 'swap-off': readonly [SwapOffResource, SwapFound]
  readonly symlink: readonly [SymlinkResource, PathState]
  readonly sysctl: readonly [SysctlResource, SysctlFound]
  readonly 'ufw-rules': readonly [UfwRulesResource, UfwRulesFound]
  readonly unit: readonly [UnitResource, UnitState]
  readonly wait: readonly [WaitResource, WaitFound]
}

type KindName = keyof Kinds
type ResourceOf<K extends KindName> = Kinds[K][0]
type StateOf<K extends KindName> = Kinds[K][1]
export type Resource = ResourceOf<KindName>
export type State = StateOf<KindName>

/** How the ledger's entries of a kind are read. */
export interface LedgerSchema<R, S> {
  readonly resource: z.ZodType<R>
  readonly state: z.ZodType<S>
}

export type HostSchemas = {
  readonly [K in Exclude<KindName, 'static-pod' | 'wait'>]: LedgerSchema<ResourceOf<K>, StateOf<K>>
}

export const KINDS: {readonly [K in KindName]: Kind<ResourceOf<K>, StateOf<K>>} = {
  absent: absentKind,
  binary: binaryKind,
  block: blockKind,
  'container-images': containerImagesKind,
  directory: directoryKind,
  file: fileKind,
  'host-network': hostNetworkKind,
  hostname: hostnameKind,
  'kernel-module': kernelModuleKind,
  'loopback-name': loopbackNameKind,
  'loaded-rules': loadedRulesKind,
  'package-repository': packageRepositoryKind,
  packages: packagesKind,
  'pulled-images': pulledImagesKind,
  release: releaseKind,
  'static-pod': staticPodKind,
  'swap-off': swapOffKind,
  symlink: symlinkKind,
  sysctl: sysctlKind,
  'ufw-rules': ufwRulesKind,
  unit: unitKind,
  wait: waitKind,
}
