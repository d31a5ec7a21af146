import type {z} from 'zod'
import {absentKind, type AbsentResource} from './files/absent.ts'
import {binaryKind, type BinaryResource} from './programs/binary.ts'
import {blockKind, type BlockFound, type BlockResource} from './files/block.ts'
import {containerImagesKind, type ContainerImagesResource, type ImagesFound} from './images/container-images.ts'
import {directoryKind, type DirectoryResource} from './files/directory.ts'
import {fileKind, type FileResource} from './files/file.ts'
import {hostNetworkKind, type HostNetworkFound, type HostNetworkResource} from './network/host-network.ts'
import {hostnameKind, type HostnameFound, type HostnameResource} from './host/hostname.ts'
import {kernelModuleKind, type KernelModuleFound, type KernelModuleResource} from './kernel/kernel-module.ts'
import type {Kind} from './core/kind.ts'
import {loopbackNameKind, type LoopbackNameFound, type LoopbackNameResource} from './host/hosts-file-entry.ts'
import {loadedRulesKind, type LoadedRulesFound, type LoadedRulesResource} from './network/loaded-rules.ts'
import {
  packageRepositoryKind,
  type PackageRepositoryFound,
  type PackageRepositoryResource,
} from './packages/package-repository.ts'
import {packagesKind, type PackagesFound, type PackagesResource} from './packages/packages.ts'
import type {PathState} from './files/path-state.ts'
import {pulledImagesKind, type PulledImagesFound, type PulledImagesResource} from './images/pulled-images.ts'
import {releaseKind, type ReleaseFound, type ReleaseResource} from './programs/release.ts'
import {staticPodKind, type StaticPodFound, type StaticPodResource} from './static-pods/static-pod.ts'
import {swapOffKind, type SwapFound, type SwapOffResource} from './swap/swap-off.ts'
import {symlinkKind, type SymlinkResource} from './files/symlink.ts'
import {sysctlKind, type SysctlFound, type SysctlResource} from './kernel/sysctl.ts'
import {ufwRulesKind, type UfwRulesFound, type UfwRulesResource} from './network/ufw-rules.ts'
import type {UnitState} from './systemd/unit-state.ts'
import {unitKind, type UnitResource} from './systemd/unit.ts'
import {waitKind, type WaitFound, type WaitResource} from './steps/wait.ts'

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
