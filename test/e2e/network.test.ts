import {readFile} from 'node:fs/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {NETWORK_STATE} from './network-state.ts'
import {measured, testLab, type TestLab} from './test-lab.ts'
import {errorsIn} from './told.ts'

/** One machine is enough: nothing of a cluster is made. */
describe('a machine that gets a static address', () => {
  let lab: TestLab
  let before = ''

  beforeAll(async () => {
    lab = await testLab('e2e-network', ['one'])
    before = await lab.must('one', 'sudo sh', NETWORK_STATE)
  })
  afterAll(() => lab.down())

  const near = (last: number): string => lab.address('one').replace(/\d+$/, String(last))
  const asks = (card: string, ssh = lab.target('one')) =>
    lab.write(
      'kadm.yaml',
      [
        'apiVersion: kadm/v1',
        'kind: Cluster',
        'hosts:',
        `  - {name: one, role: control-plane, ssh: ${ssh}, network: {host0: ${card}}}`,
        `source: {kind: bundle, path: ${lab.bundleDir}}`,
        '',
      ].join('\n'),
    )
  const apply = () => lab.kadm(['apply', '-f', 'kadm.yaml', '--only', 'prepare/network', '--json'])

  it('is not given the address of a neighbour', async () => {
    await asks(`{addresses: [${lab.address('one')}/24, ${near(1)}/24]}`)

    const [error] = errorsIn((await apply()).events)

    expect(error?.message).toContain(`${near(1)} belongs to another machine on the network of host0`)
  })

  it('keeps what it had when nobody answers at the gateway of the file', async () => {
    await asks(`{addresses: [${lab.address('one')}/24], gateway: ${near(200)}}`)

    expect(errorsIn((await measured('a trial with a wrong gateway', apply)).events)).toMatchObject([
      {
        host: 'one',
        message: `the network settings of host0 failed, and the host reverted the change: no machine answers at the gateway ${near(200)} on host0`,
      },
    ])
    expect(await lab.must('one', 'ip route')).toContain(`default via ${near(1)}`)
  })

  it('is followed to another address, which is reported and kept in known_hosts, and found there although the file is as it was', async () => {
    await asks(`{addresses: [${near(40)}/24], gateway: ${near(1)}, nameservers: [${near(1)}]}`)

    const {events} = await measured('a trial that moves the machine', apply)
    const again = await measured('a second run', apply)

    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'warning',
        message: `the host is now at ${near(40)}: set this as its ssh address in the file`,
      }),
    )
    expect(await readFile(lab.lab.knownHostsFile, 'utf8')).toContain(`${near(40)} ssh-ed25519 `)
    expect(again.events.at(-1)).toMatchObject({changes: 0})
  })

  it('moves back by a reset, and is as it was', async () => {
    await measured('reset', () => lab.kadmDone(['reset', '-f', 'kadm.yaml', '--yes']))

    expect((await lab.must('one', 'sudo sh', NETWORK_STATE)).split('\n')).toEqual(before.split('\n'))
  })
})
