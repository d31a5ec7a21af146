import {firewallPhase} from './firewall.ts'
import {hostnamePhase} from './hostname.ts'
import {kernelPhase} from './kernel.ts'
import {kubeletInstallPhase} from './kubelet-install.ts'
import {natPhase} from './nat.ts'
import {networkPhase} from './network.ts'
import {packagesPhase} from './packages.ts'
import type {Phase} from './phase.ts'
import {proxyPhase} from './proxy.ts'
import {runtimePhase} from './runtime.ts'
import {swapPhase} from './swap.ts'

export const preparePhase: Phase = {
  name: 'prepare',
  title: 'Prepare the host',
  why: 'all that a fresh machine lacks to be a node',
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
