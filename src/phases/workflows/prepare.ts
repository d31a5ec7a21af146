import {firewallPhase} from '../host/firewall.ts'
import {hostnamePhase} from '../host/hostname.ts'
import {kernelPhase} from '../host/kernel.ts'
import {kubeletInstallPhase} from '../host/kubelet-install.ts'
import {natPhase} from '../host/nat.ts'
import {networkPhase} from '../host/network.ts'
import {packagesPhase} from '../host/packages.ts'
import type {Phase} from '../phase.ts'
import {proxyPhase} from '../host/proxy.ts'
import {runtimePhase} from '../host/runtime.ts'
import {swapPhase} from '../host/swap.ts'

export const preparePhase: Phase = {
  name: 'prepare',
  title: 'Prepare the host',
  why: 'installs and configures everything that a node needs',
  phases: [
    hostnamePhase,
    networkPhase,
    swapPhase,
    kernelPhase,
    natPhase, // what passes through a host is let through by its kernel first
    firewallPhase,
    proxyPhase,
    packagesPhase,
    runtimePhase,
    kubeletInstallPhase,
  ],
}
