import {readFile, writeFile} from 'node:fs/promises'
import type {TestLab} from './test-lab.ts'

const COPIED = '/etc/machine-id /etc/hostname /etc/hosts /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub'

/** Gives a machine what a copy of another's disk would have, and the laptop what a person then has in known_hosts; counts from its next boot. */
export async function becomeClone(lab: TestLab, clone: string, original: string): Promise<void> {
  const files = await lab.must(
    original,
    `sudo tar -cf - -C / --ignore-failed-read $(sudo ls ${COPIED} | sed 's|^/||') | base64 -w0`,
  )
  await lab.must(clone, `base64 -d | sudo tar -xpf - -C / && sync`, files)
  const {knownHostsFile} = lab.lab
  const known = (await readFile(knownHostsFile, 'utf8')).split('\n')
  const [, type = '', key = ''] = known.find(line => line.startsWith(`${lab.address(original)} `))?.split(' ') ?? []
  const others = known.filter(line => line !== '' && !line.startsWith(`${lab.address(clone)} `))
  await writeFile(knownHostsFile, [...others, `${lab.address(clone)} ${type} ${key}`, ''].join('\n'))
}
