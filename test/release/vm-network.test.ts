import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {labReboot} from '../../src/lab/run/lab-power.ts'
import {NETWORK_STATE} from '../e2e/network-state.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {errorsIn} from '../e2e/told.ts'

const NAME = 'release-vm-network'
const SMALL = ['--ignore-preflight-errors', 'NumCPU,Mem']

/**
 * As VirtualBox has it: the first card is behind a NAT, with the same 10.0.2.15 on every machine; the second is the one
 * that counts.
 */
describe('a VM with two cards', () => {
  let lab: TestLab
  let before = ''

  beforeAll(async () => {
    lab = await testLab(NAME, ['one'], {driver: 'qemu', vm: {cpus: 1, memoryMib: 1536, cards: 'virtualbox'}})
    before = await state()
  })
  afterAll(() => lab.down())

  const state = () => lab.must('one', 'sudo sh', NETWORK_STATE)
  const second = (): string => lab.address('one').replace(/\d+$/, '50')
  const asks = (card: string) =>
    lab.write(
      'kadm.yaml',
      [
        'apiVersion: kadm/v1',
        'kind: Cluster',
        'hosts:',
        `  - {name: one, role: control-plane, ssh: ${lab.target('one')}, network: {enp0s8: ${card}}}`,
        `source: {kind: bundle, path: ${lab.bundleDir}}`,
        '',
      ].join('\n'),
    )
  const apply = () => lab.kadm(['apply', '-f', 'kadm.yaml', '--only', 'prepare/network', '--json', ...SMALL])

  it('is known by the address of the second one', async () => {
    await asks(`{addresses: [${lab.address('one')}/24]}`)

    const {events} = await lab.kadm(['preflight', '-f', 'kadm.yaml', '--json'])

    const findings: unknown = events.find(event => 'findings' in event)?.['findings']
    expect(findings).toContainEqual({
      name: 'NodeAddress',
      severity: 'ok',
      hosts: ['one'],
      message: `${lab.address('one')} on enp0s8 (login)`,
    })
  })

  it('reverts settings that cut it off, and kadm says so', async () => {
    await asks('{addresses: [172.30.0.5/24]}')

    const {code, events} = await measured('a trial that cuts the machine off', apply)

    expect(code).toBe(5)
    expect(errorsIn(events)).toMatchObject([
      {
        host: 'one',
        message:
          'the network settings of enp0s8 failed, and the host reverted the change: no new login succeeded within 120 s',
      },
    ])
    expect(await lab.must('one', 'ip -o -4 address show dev enp0s8')).toContain(`${lab.address('one')}/24`)
  })

  it('keeps settings with which a new login works, also after a boot, and a second run finds nothing to do', async () => {
    await asks(`{addresses: [${lab.address('one')}/24, ${second()}/24], mtu: 1450}`)
    const holds = async (): Promise<void> => {
      const card = await lab.must('one', 'ip address show dev enp0s8')
      expect(card).toContain('mtu 1450')
      for (const address of [lab.address('one'), second()]) expect(card).toContain(`inet ${address}/24`)
      expect(await lab.must('one', 'ip -o -4 address show dev enp0s3')).toContain('10.0.2.15/24')
    }

    const {events} = await measured('a trial that is kept', apply)
    expect(events.at(-1)).toMatchObject({changes: 1})
    await holds()

    await measured('reboot', () => labReboot(NAME, 'one'))
    await holds()
    expect((await apply()).events.at(-1)).toMatchObject({changes: 0})
  })

  it('is given back by a reset as it was', async () => {
    await measured('reset', () => lab.kadmDone(['reset', '-f', 'kadm.yaml', '--yes']))

    expect((await state()).split('\n')).toEqual(before.split('\n'))
  })
})
