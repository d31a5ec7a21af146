import type {Cards} from './lab-state.ts'
import {LOGIN_USER} from '../image/rootfs.ts'
import {addressIn} from '../network/subnet.ts'
import {template} from '../image/template.ts'
import {CARDS} from '../drivers/vm-command.ts'

/** A file put into a machine before it boots. */
export interface MachineFile {
  readonly path: string
  readonly mode: string
  readonly owner: 'root' | 'login-user'
  readonly text: string
}

export interface MachineIdentity {
  readonly name: string
  readonly address: string
  readonly subnet: string
  readonly machineId: string
  readonly hostKey: string
  readonly hostKeyPublic: string
  readonly authorizedKey: string
}

/** What makes one machine this one; the rest of its disk is the same for all. */
export function machineFiles(machine: MachineIdentity): readonly MachineFile[] {
  return [
    ...identityFiles(machine),
    root('/etc/netplan/50-cloud-init.yaml', netplan([labCard('host0', machine)]), '600'),
    root('/usr/lib/kadm-lab/machine.sh', template('machine.sh')),
    root('/etc/systemd/system/kadm-lab-machine.service', template('machine.service')),
  ]
}

/** What makes one VM this one. Of the two cards VirtualBox gives, only the first leads out. */
export function vmFiles(machine: MachineIdentity & {readonly cards: Cards}): readonly MachineFile[] {
  const cards =
    machine.cards === 'lab' ? [labCard(CARDS.lab, machine)] : [natCard(CARDS.nat), hostOnlyCard(CARDS.lab, machine)]
  return [...identityFiles(machine), root('/etc/netplan/50-cloud-init.yaml', netplan(cards), '600')]
}

const root = (path: string, text: string, mode = '644'): MachineFile => ({path, mode, owner: 'root', text})

const identityFiles = (machine: MachineIdentity): readonly MachineFile[] => [
  root('/etc/hostname', `${machine.name}\n`),
  root('/etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${machine.name}\n::1 localhost ip6-localhost ip6-loopback\n`),
  root('/etc/machine-id', `${machine.machineId}\n`, '444'),
  root('/etc/ssh/ssh_host_ed25519_key', machine.hostKey, '600'),
  root('/etc/ssh/ssh_host_ed25519_key.pub', machine.hostKeyPublic),
  {path: `/home/${LOGIN_USER}/.ssh/authorized_keys`, mode: '600', owner: 'login-user', text: machine.authorizedKey},
]

type Placed = Pick<MachineIdentity, 'address' | 'subnet'>

/** The name server does not answer, but it has to be there: a resolver without upstream makes CoreDNS stop at 'Loop detected'. */
const labCard = (name: string, {address, subnet}: Placed): string => `    ${name}:
      addresses: [${address}/24]
      routes:
        - to: default
          via: ${addressIn(subnet, 1)}
      nameservers:
        addresses: [${addressIn(subnet, 1)}]
`

/** VirtualBox forwards names at this address; the lab's stand-in answers nothing. */
const natCard = (name: string): string => `    ${name}:
      dhcp4: true
      nameservers:
        addresses: [10.0.2.3]
`

const hostOnlyCard = (name: string, {address}: Placed): string => `    ${name}:
      addresses: [${address}/24]
`

const netplan = (cards: readonly string[]): string => `network:
  version: 2
  renderer: networkd
  ethernets:
${cards.join('')}`
