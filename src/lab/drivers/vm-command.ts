import {join} from 'node:path'
import {consoleFile, type VmShape} from '../state/lab-state.ts'
import type {VmImage} from '../image/vm-disk.ts'

/** KVM, or the whole machine emulated: correct, and slow. */
export type Acceleration = 'kvm' | 'tcg'

export interface VmPlan {
  readonly id: string
  readonly dir: string
  readonly shape: VmShape
  readonly image: VmImage
  readonly acceleration: Acceleration
  /** The network device on this side of its card in the lab's network. */
  readonly tap: string
}

/** The slots of the cards, which decide their names: enp0s3 and enp0s8, as in VirtualBox. */
export const CARDS = {nat: 'enp0s3', lab: 'enp0s8'} as const

export const diskFile = (dir: string): string => join(dir, 'disk.qcow2')
export const seedFile = (dir: string): string => join(dir, 'seed.tar')
/** Two pipes, `.in` and `.out`. */
export const monitorFile = (dir: string): string => join(dir, 'monitor')

/**
 * An emulated processor has nothing to mitigate. Its time stamp counters are this computer's and so do agree, which the kernel
 * doubts; the clock it would take instead costs every reading a trip through the emulator.
 */
const kernelArguments = (acceleration: Acceleration): string =>
  `root=LABEL=root ro console=ttyS0 quiet${acceleration === 'tcg' ? ' tsc=reliable mitigations=off nowatchdog' : ''}`

/** All that can be emulated, but for what makes kernel and library copy memory byte by byte: fast for a real processor only. */
const EMULATED = 'max,erms=off,fsrm=off'

const byte = (value: number): string => value.toString(16).padStart(2, '0')
const virtualBox = (middle: string, last: number): string => `08:00:27:${middle}:${byte(last)}`

/** The MAC addresses of a VM's cards. */
export const macs = ({macs: {nat, lab}, cards}: VmShape): {readonly nat: string; readonly lab: string} =>
  cards === 'lab'
    ? {nat: '', lab: `52:54:00:4b:41:${byte(lab)}`}
    : {nat: virtualBox('00:00', nat), lab: virtualBox('4b:41', lab)}

/** Pure: how qemu is called for a machine. Its host network is that of the process, so it has to run in the lab's namespace. */
export function vmCommand({id, dir, shape, image, acceleration, tap}: VmPlan): readonly string[] {
  const mac = macs(shape)
  const device = (kind: string, slot: number, rest: string): readonly string[] => [
    '-device',
    `${kind},bus=pcie.0,addr=0x${slot.toString(16)}${rest}`,
  ]
  return [
    'qemu-system-x86_64',
    ...['-name', id, '-uuid', shape.productUuid],
    ...['-machine', `q35,accel=${acceleration}`, '-cpu', acceleration === 'kvm' ? 'host' : EMULATED],
    ...['-smp', String(shape.cpus), '-m', String(shape.memoryMib)],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-rtc', 'base=utc'],
    ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', kernelArguments(acceleration)],
    // What the machine has written is safe with this system; only that one going down would lose it, and the lab with it.
    ...['-drive', `if=none,id=disk,format=qcow2,discard=unmap,cache=unsafe,file=${escaped(diskFile(dir))}`],
    ...device('virtio-blk-pci', 5, ',drive=disk'),
    ...['-drive', `if=none,id=seed,format=raw,readonly=on,file=${escaped(seedFile(dir))}`],
    ...device('virtio-blk-pci', 6, ',drive=seed,serial=kadm-seed'),
    ...device('virtio-rng-pci', 7, ''),
    ...(shape.cards === 'lab'
      ? []
      : [
          '-netdev',
          'user,id=nat,restrict=on,ipv6=off',
          ...device('virtio-net-pci', 3, `,id=card-nat,netdev=nat,mac=${mac.nat}`),
        ]),
    ...['-netdev', `tap,id=lab,ifname=${tap},script=no,downscript=no`],
    ...device('virtio-net-pci', 8, `,id=card-lab,netdev=lab,mac=${mac.lab}`),
    ...['-chardev', `pipe,id=monitor,path=${escaped(monitorFile(dir))}`, '-mon', 'chardev=monitor,mode=readline'],
    ...['-chardev', `file,id=console,append=on,path=${escaped(consoleFile(dir))}`, '-serial', 'chardev:console'],
  ]
}

/** A comma in a value is written twice. */
const escaped = (path: string): string => path.replaceAll(',', ',,')
