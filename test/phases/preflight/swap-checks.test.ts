import {expect, test} from 'vitest'
import type {SwapSource} from '../../../src/domain/facts.ts'
import {sampleCluster, sampleFacts, seen} from './sample.ts'

const area = (path: string, active = true) => ({device: path, path, active})
const LINE = '/swap.img none swap sw 0 0'
const FSTAB: SwapSource = {kind: 'fstab', ...area('/swap.img'), line: LINE}
const MIB = 1024 * 1024
const keep = {cluster: sampleCluster({swap: 'keep'})}
const {kernel, cgroup} = sampleFacts(1)

test('each source of swap is reported with what kadm does about it', () => {
  const swap: readonly SwapSource[] = [
    FSTAB,
    {kind: 'fstab', ...area('/dev/sda2'), device: 'UUID=1-2', line: '', unit: 'dev-sda2.swap'},
    {kind: 'zram', ...area('/dev/zram0'), unit: 'zramswap.service'},
    {kind: 'gpt', ...area('/dev/sda3', false), unit: 'dev-sda3.swap'},
    {kind: 'unit', unit: 'data-swap.swap', ...area('/data/swap')},
    {kind: 'unknown', ...area('/swapfile2')},
    {kind: 'outside', ...area('/dev/vda2')},
  ]

  expect(seen('Swap', {swap})).toEqual([
    'info master: /swap.img is swap from /etc/fstab (on) -> kadm turns it off and comments out the line',
    'info master: UUID=1-2 is swap from /etc/fstab and its GPT partition type (on) -> kadm turns it off and comments out the line',
    'info master: /dev/zram0 is swap from zramswap.service (on) -> kadm turns it off and disables what turns it on',
    'info master: /dev/sda3 is swap from its GPT partition type (off now, on again after a boot) -> kadm turns it off and disables what turns it on',
    'info master: /data/swap is swap from data-swap.swap (on) -> kadm turns it off and disables what turns it on',
    'info master: /swapfile2 is swap from an unknown place (on) -> kadm turns it off; check after a reboot that it stays off',
    'warning master: /dev/vda2 is swap of the host of this container -> turn it off on the host of this container, or accept it',
  ])
})

test('swap that is kept is a share for pods with cgroup v2, and none for them with v1', () => {
  expect(seen('Swap', {swap: [FSTAB]}, keep)).toEqual([
    'info master: /swap.img is swap from /etc/fstab (on) -> kadm keeps it, and Burstable pods get a share of it (LimitedSwap)',
  ])
  expect(seen('Swap', {swap: [FSTAB], cgroup: {...cgroup, version: 1}}, keep)).toEqual([
    'warning master: /swap.img is swap from /etc/fstab (on), and cgroup v1 cannot give pods a share of it -> kadm keeps it, but not for pods (NoSwap); boot with cgroup v2 (systemd.unified_cgroup_hierarchy=1) to let pods use it',
  ])
})

test.each([
  ['6.1.0-37-cloud-amd64', 1],
  ['5.15.0-1', 1],
  ['6.4.0', 0],
  ['6.12.1-1', 0],
  ['7.0.0', 0],
])('swap that is kept with kernel %s: secrets may be written to it: %i', (release, warnings) => {
  const found = seen('SwapKernel', {swap: [FSTAB], kernel: {...kernel, release}}, keep)

  expect(found).toEqual(
    [
      `warning master: kernel ${release} may write secrets and other volumes in memory to swap -> use Linux 6.4 or later, whose tmpfs supports noswap, or encrypt the swap`,
    ].slice(0, warnings),
  )
  expect(seen('SwapKernel', {swap: [FSTAB], kernel: {...kernel, release}})).toEqual([])
})

test('more swap in use than free memory is refused before anything is touched, unless it is kept', () => {
  const facts = {swap: [FSTAB], swapUsedBytes: 700 * MIB, memoryAvailableBytes: 300 * MIB}

  expect(seen('SwapInUse', facts)).toEqual([
    'error master: 700 MB of swap are in use and 300 MB of memory are free: turning it off would run out of memory -> stop what uses memory or reboot it, give it more memory, or use --swap=keep',
  ])
  expect(seen('SwapInUse', {...facts, memoryAvailableBytes: 701 * MIB})).toEqual([])
  expect(seen('SwapInUse', facts, keep)).toEqual([])
})
