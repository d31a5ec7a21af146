import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {labReboot} from '../../src/lab/run/lab-power.ts'
import {findingsIn} from '../e2e/findings-in.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'

const NAME = 'release-vm-clones'

/** What Debian's and Proxmox's images ask of cloud-init, with the name that the machine was copied with. */
const CLOUD_INIT = {
  '/etc/cloud/cloud.cfg.d/01_image.cfg':
    'datasource_list: [NoCloud]\nnetwork: {config: disabled}\nmanage_etc_hosts: true\n',
  '/var/lib/cloud/seed/nocloud/meta-data': 'instance-id: iid-copied\nlocal-hostname: one\n',
  // Keys are an instance's first boot's to make, and this instance had its first boot when the disk was copied.
  '/var/lib/cloud/seed/nocloud/user-data': '#cloud-config\nhostname: one\nssh_deletekeys: false\n',
}

describe('a person whose second VM is a copy of the first', () => {
  let lab: TestLab
  beforeAll(async () => {
    lab = await testLab(NAME, ['one', 'two'], {driver: 'qemu', vm: {cpus: 1, memoryMib: 768, copies: {two: 'one'}}})
    for (const [path, text] of Object.entries(CLOUD_INIT)) {
      await lab.must('two', `sudo sh -c 'mkdir -p ${path.replace(/[^/]+$/, '')} && cat >${path}'`, text)
    }
    await lab.must('two', 'sudo rm /etc/cloud/cloud-init.disabled')
    const hosts = ['one', 'two'].map(
      (name, i) => `  - {name: ${name}, role: ${i === 0 ? 'control-plane' : 'worker'}, ssh: ${lab.target(name)}}`,
    )
    await lab.write(
      'kadm.yaml',
      `apiVersion: kadm/v1\nkind: Cluster\nmetadata: {name: demo}\nhosts:\n${hosts.join('\n')}\n`,
    )
  })
  afterAll(() => lab.down())

  const clones = async () =>
    findingsIn((await lab.kadm(['preflight', '--json'])).events).filter(({name}) => name === 'Clone')
  const identity = (machine: string): Promise<string> =>
    lab.must(machine, 'cat /etc/machine-id; cat /etc/ssh/ssh_host_*_key.pub; hostname; cat /etc/hostname')
  const names = (): Promise<string> =>
    lab.must(
      'two',
      'cloud-init status --wait >/dev/null; uname -n; cat /etc/hostname; getent ahosts two | cut -d" " -f1 | uniq',
    )
  let first = ''

  it('is reported so, with all that they share', async () => {
    first = await identity('one')
    expect(await identity('two')).toBe(first)

    expect(await clones()).toMatchObject([
      {
        severity: 'error',
        hosts: ['two'],
        message: 'two was cloned from one: same machine-id, SSH host key, product_uuid and hostname',
      },
    ])
  })

  it('has it repaired by one command, which names what only the hypervisor can change', async () => {
    const done = await measured('clone repaired', () => lab.kadmDone(['repair', 'clones', '--yes', '--json']))

    expect(done.events.at(-1)).toMatchObject({
      repaired: [{host: 'two', original: 'one'}],
      left: [{name: 'Clone', severity: 'warning', message: 'two was cloned from one: same product_uuid'}],
      edits: [],
    })
    expect(await identity('one')).toBe(first)
    const [id, ...keys] = (await identity('two')).split('\n')
    expect(first).not.toContain(id)
    for (const key of keys.filter(line => line.includes('ssh-'))) expect(first).not.toContain(key)
    expect(await clones()).toMatchObject([{severity: 'warning'}])
  })

  it('finds its name and its address by that name as the file says, though cloud-init ran at that boot', async () => {
    expect(await names()).toBe(`two\ntwo\n${lab.address('two')}`)
    expect(await lab.must('two', 'sudo cat /var/log/cloud-init.log')).toMatch(/preserve_hostname/)
  })

  it('finds all of it still so after another boot', async () => {
    const before = await identity('two')
    await measured('rebooted', () => labReboot(NAME, 'two'))

    expect(await names()).toBe(`two\ntwo\n${lab.address('two')}`)
    expect(await identity('two')).toBe(before)
    expect((await lab.kadmDone(['repair', 'clones', '--yes', '--json'])).events.at(-1)).toMatchObject({repaired: []})
  })
})
