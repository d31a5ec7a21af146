import type {Case} from '../wording.ts'
import {API_ACCESS_CASES} from './api-access.ts'
import {CONTROL_PLANE_CASES} from './control-plane.ts'
import {FILE_AND_DNS_CASES} from './files-and-dns.ts'
import {HANG_AND_CHANGE_CASES} from './hangs-and-changes.ts'
import {KUBELET_CASES} from './kubelet.ts'
import {LOAD_BALANCER_CASES} from './load-balancer.ts'
import {MACHINE_CASES} from './machine.ts'
import {NETWORK_CASES} from './network.ts'
import {RUNTIME_CASES} from './runtime.ts'
import {STATE_NETWORK_CASES} from './state-network.ts'
import {STATE_CASES} from './state.ts'
import {VIRTUAL_ADDRESS_CASES} from './virtual-address.ts'

export const ALL_CASES: readonly Case[] = [
  ...MACHINE_CASES,
  ...KUBELET_CASES,
  ...RUNTIME_CASES,
  ...LOAD_BALANCER_CASES,
  ...VIRTUAL_ADDRESS_CASES,
  ...API_ACCESS_CASES,
  ...CONTROL_PLANE_CASES,
  ...NETWORK_CASES,
  ...STATE_CASES,
  ...FILE_AND_DNS_CASES,
  ...STATE_NETWORK_CASES,
  ...HANG_AND_CHANGE_CASES,
]
