import {describe, expect, it} from 'vitest'
import {machineFiles, vmFiles, type MachineFile} from '../../src/lab/state/machine-files.ts'
import {supervisorScript} from '../../src/lab/drivers/supervisor.ts'

const identity = {
  name: 'worker-1',
  address: '10.77.0.12',
  subnet: '10.77.0.0/24',
  machineId: '0123456789abcdef0123456789abcdef',
  hostKey: 'PRIVATE',
  hostKeyPublic: 'PUBLIC',
  authorizedKey: 'AUTHORIZED',
}

const textOf = (files: readonly MachineFile[]): string =>
  files.map(file => `=== ${file.path} ${file.mode} ${file.owner}\n${file.text}`).join('\n')

describe('vmFiles', () => {
  it('let a machine with two cards out by the first', async () => {
    await expect(textOf(vmFiles({...identity, cards: 'virtualbox'}))).toMatchFileSnapshot('golden/vm-files.txt')
  })
})

describe('machineFiles', () => {
  it('are these', async () => {
    await expect(textOf(machineFiles(identity))).toMatchFileSnapshot('golden/machine-files.txt')
  })
})

describe('supervisorScript', () => {
  it('is this', async () => {
    const script = supervisorScript({
      dir: '/state/labs/demo/machines/worker-1',
      id: 'kadm-12345678-worker-1',
      hostname: 'worker-1',
      namespace: '/state/labs/demo/netns',
      cgroups: {kind: 'systemd', unit: 'kadm-12345678-worker-1.service'},
    })

    await expect(`${script.text}\n`).toMatchFileSnapshot('golden/supervisor.sh')
  })
})
