import type {SwapSource} from '../../../domain/facts.ts'
import {error, info, ok, warning, type HostCheck} from '../input.ts'

const NAME = 'Swap'
const MIB = 1024 * 1024

/** Each place where swap comes from, since turning it off by hand lasts until the next boot. */
export const swapCheck: HostCheck = (view, {cluster}) => {
  const {swap, cgroup} = view.facts
  if (swap.length === 0) return [ok(NAME, view, 'the host has no swap')]
  return swap.map(source => {
    const state = source.active ? 'on' : 'off now, on again after a boot'
    if (source.kind === 'outside') {
      const remedy = 'turn it off on the host of this container, or accept it'
      return warning(NAME, view, `${source.path} is swap of the host of this container`, remedy)
    }
    const message = `${source.device} is swap from ${originOf(source)} (${state})`
    if (cluster.swap === 'off') return info(NAME, view, message, fixOf(source))
    return cgroup.version === 2
      ? info(NAME, view, message, 'kadm keeps it, and Burstable pods get a share of it (LimitedSwap)')
      : warning(
          NAME,
          view,
          `${message}, and cgroup v1 cannot give pods a share of it`,
          'kadm keeps it, but not for pods (NoSwap); boot with cgroup v2 (systemd.unified_cgroup_hierarchy=1) to let pods use it',
        )
  })
}

/** Turning swap off moves all of it back into memory; without enough memory, the kernel kills processes. */
export const swapUseCheck: HostCheck = (view, {cluster}) => {
  const {swapUsedBytes, memoryAvailableBytes} = view.facts
  if (cluster.swap === 'keep' || swapUsedBytes === 0 || swapUsedBytes < memoryAvailableBytes) return []
  const [used, free] = [swapUsedBytes, memoryAvailableBytes].map(bytes => String(Math.round(bytes / MIB)))
  const message = `${used} MB of swap are in use and ${free} MB of memory are free: turning it off would run out of memory`
  return [
    error('SwapInUse', view, message, 'stop what uses memory or reboot it, give it more memory, or use --swap=keep'),
  ]
}

/** The first kernel whose tmpfs can avoid swap (KEP-2400); secrets are on tmpfs. */
const NOSWAP = [6, 4] as const

/** Data that the kubelet cannot keep out of swap on an old kernel. */
export const keptSwapCheck: HostCheck = (view, {cluster}) => {
  const {swap, kernel} = view.facts
  if (cluster.swap === 'off' || swap.length === 0) return []
  const [major = 0, minor = 0] = kernel.release.split('.').map(part => Number.parseInt(part, 10))
  if (major > NOSWAP[0] || (major === NOSWAP[0] && minor >= NOSWAP[1])) return []
  const message = `kernel ${kernel.release} may write secrets and other volumes in memory to swap`
  return [
    warning('SwapKernel', view, message, 'use Linux 6.4 or later, whose tmpfs supports noswap, or encrypt the swap'),
  ]
}

function originOf(source: SwapSource): string {
  switch (source.kind) {
    case 'fstab':
      return source.unit === undefined ? '/etc/fstab' : '/etc/fstab and its GPT partition type'
    case 'unit':
      return source.unit
    case 'zram':
      return source.unit ?? 'zram'
    case 'gpt':
      return 'its GPT partition type'
    case 'unknown':
      return 'an unknown place'
    case 'outside':
      return 'outside'
  }
}

function fixOf({kind}: SwapSource): string {
  if (kind === 'fstab') return 'kadm turns it off and comments out the line'
  if (kind === 'unknown') return 'kadm turns it off; check after a reboot that it stays off'
  return 'kadm turns it off and disables what turns it on'
}
