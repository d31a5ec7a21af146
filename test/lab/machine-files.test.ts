import {describe, expect, it} from 'vitest'
import {machineFiles} from '../../src/lab/machine-files.ts'
import {supervisorScript} from '../../src/lab/supervisor.ts'

describe('machineFiles', () => {
  it('are these', async () => {
    const files = await machineFiles({
      name: 'worker-1',
      address: '10.77.0.12',
      subnet: '10.77.0.0/24',
      machineId: '0123456789abcdef0123456789abcdef',
      hostKey: 'PRIVATE',
      hostKeyPublic: 'PUBLIC',
      authorizedKey: 'AUTHORIZED',
    })

    const text = files.map(file => `=== ${file.path} ${file.mode} ${file.owner}\n${file.text}`).join('\n')

    await expect(text).toMatchFileSnapshot('golden/machine-files.txt')
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
