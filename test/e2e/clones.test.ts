import {readFile} from 'node:fs/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {labReboot} from '../../src/lab/run/lab-power.ts'
import {becomeClone} from './become-clone.ts'
import {findingsIn} from './findings-in.ts'
import {ssh} from './ssh.ts'
import {measured, testLab, type TestLab} from './test-lab.ts'
import {errorsIn} from './told.ts'

const NAME = 'e2e-clones'

describe('a person who cloned a machine', () => {
  let lab: TestLab
  let names = ''
  beforeAll(async () => {
    lab = await testLab(NAME, ['one', 'two'])
    await becomeClone(lab, 'two', 'one')
    await labReboot(NAME, 'two')
    await lab.must('two', 'sudo mkdir -p /etc/cloud/cloud.cfg.d')
    names = await lab.must('two', 'cat /etc/hosts /etc/hostname; hostname; ls /etc/cloud/cloud.cfg.d')
    await lab.write(
      'kadm.yaml',
      [
        'apiVersion: kadm/v1',
        'kind: Cluster',
        'metadata: {name: demo}',
        'hosts:',
        `  - {name: one, role: control-plane, ssh: ${lab.target('one')}}`,
        '  # the second one, by its lease',
        `  - {name: two, role: worker, ssh: ${lab.target('two')}} # moves`,
        '',
      ].join('\n'),
    )
  })
  afterAll(() => lab.down())

  const clones = async () =>
    findingsIn((await lab.kadm(['preflight', '--json'])).events).filter(({name}) => name === 'Clone')

  /** At the address that it has since it was mended. */
  const onTwo = async (command: string): Promise<string> => {
    const address = lab.address('two').replace(/\d+$/, '200')
    const machines = lab.lab.machines.map(machine => (machine.name === 'two' ? {...machine, address} : machine))
    return (await ssh({...lab.lab, machines}, 'two', command)).stdout
  }

  it('are reported as clones, with their original, all that they share, and the repair', async () => {
    expect(await clones()).toEqual([
      {
        name: 'Clone',
        severity: 'error',
        hosts: ['two'],
        message: 'two was cloned from one: same machine-id, SSH host key and hostname',
        remedy: 'run kadm repair clones with these hosts: two gets a new machine-id and SSH host key and reboots',
      },
    ])
  })

  it('gets a machine of its own back, under its own name, at the address that its lease moved to', async () => {
    const idOf = (machine: string) => lab.must(machine, 'cat /etc/machine-id')
    const keysOf = (machine: string) => lab.must(machine, 'cat /etc/ssh/ssh_host_*_key.pub | cut -d" " -f2')
    const [id, keys] = [await idOf('one'), await keysOf('one')]
    const moved = lab.address('two').replace(/\d+$/, '200')
    await lab.must('two', `sudo sed -i s/${lab.address('two')}/${moved}/ /etc/netplan/50-cloud-init.yaml; sync`)

    const unasked = await lab.kadm(['repair', 'clones', '--json'])
    expect(errorsIn(unasked.events)).toMatchObject([{hint: 'pass --yes'}])
    const done = await measured('clone repaired', () =>
      lab.kadmDone(['repair', 'clones', '--yes', '--write', '--json']),
    )

    const result = done.events.at(-1)
    expect(result).toMatchObject({
      left: [],
      repaired: [{host: 'two', original: 'one', before: {address: lab.address('two')}, now: {address: moved}}],
      edits: [{line: 7, from: lab.target('two'), to: `ubuntu@${moved}`}],
    })
    expect(await readFile(`${lab.home}/kadm.yaml`, 'utf8')).toContain(
      `  # the second one, by its lease\n  - {name: two, role: worker, ssh: ubuntu@${moved}} # moves\n`,
    )
    const known = await readFile(lab.lab.knownHostsFile, 'utf8')
    expect(known.split('\n').filter(line => line.startsWith(`${lab.address('two')} `))).toEqual([])
    expect(known).toContain(`${moved} ssh-ed25519 `)
    expect([await idOf('one'), await keysOf('one')]).toEqual([id, keys])
    const there = await lab.must('one', `ssh-keyscan -t ed25519 ${moved} 2>/dev/null | cut -d" " -f3`)
    expect(there).not.toBe(keys)
    expect(known).toContain(there)
    expect(await clones()).toMatchObject([{severity: 'ok'}])
  })

  it('finds nothing to do the second time', async () => {
    const again = await lab.kadmDone(['repair', 'clones', '--yes'])

    expect(again.stdout).toBe('each machine has its own identity\n')
  })

  it('gets the name of before back by a reset, and keeps the identity that is its own', async () => {
    const id = await onTwo('cat /etc/machine-id /etc/ssh/ssh_host_*_key.pub')
    expect(await onTwo('cat /etc/hostname /etc/cloud/cloud.cfg.d/99-kadm.cfg')).toMatch(
      /^two\n.*\npreserve_hostname: true/,
    )

    await lab.kadmDone(['reset', 'two', '-f', 'kadm.yaml', '--yes'])

    expect(await onTwo('cat /etc/hosts /etc/hostname; hostname; ls /etc/cloud/cloud.cfg.d')).toBe(names)
    expect(await onTwo('cat /etc/machine-id /etc/ssh/ssh_host_*_key.pub')).toBe(id)
  })
})
