import {describe, expect, it} from 'vitest'
import {vmCommand, type VmPlan} from '../../src/lab/drivers/vm-command.ts'

const plan: VmPlan = {
  id: 'kadm-12345678-worker-1',
  dir: '/state/a,b/machines/worker-1',
  image: {disk: '/cache/disk.img', kernel: '/cache/vmlinuz', initrd: '/cache/initrd.img'},
  acceleration: 'tcg',
  tap: 'tap12',
  shape: {
    cpus: 2,
    memoryMib: 3072,
    cards: 'lab',
    productUuid: '6f1c1f0e-7a51-4a1c-8a0e-0b6f6f3f6b11',
    machineId: '0123456789abcdef0123456789abcdef',
    hostname: 'worker-1',
    macs: {nat: 11, lab: 12},
  },
}

const lines = (command: readonly string[]): string => `${command.join('\n').replaceAll(/\n(?!-)/g, ' ')}\n`

describe('vmCommand', () => {
  it('is this for a VM with one card', async () => {
    await expect(lines(vmCommand(plan))).toMatchFileSnapshot('golden/vm-one-card.txt')
  })

  it('gives a copy the MAC address of the first on the NAT card and one of its own in the lab', async () => {
    const shape = {...plan.shape, cards: 'virtualbox' as const}

    await expect(lines(vmCommand({...plan, shape, acceleration: 'kvm'}))).toMatchFileSnapshot('golden/vm-two-cards.txt')
  })
})
