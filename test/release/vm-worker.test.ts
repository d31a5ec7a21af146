import {X509Certificate} from 'node:crypto'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {FSTAB_NOTE} from '../../src/resources/swap/turned-off.ts'
import {NETWORK_STATE} from '../e2e/network-state.ts'
import {differences, snapshot, type Explained, type Snapshot} from '../e2e/snapshot.ts'
import {measured, type TestLab} from '../e2e/test-lab.ts'
import {changedIn} from '../e2e/told.ts'
import {LEFT_WITH_UFW} from '../e2e/vm-as-installed.ts'
import {knockFromHere} from '../e2e/vm-gateway.ts'
import {addressesOf, bootWorker, kubectl, MACHINES, nodesOf, SMALL_MTU} from '../e2e/vm-pair.ts'
import {SWAP_SOURCES, SWAP_STATE, SWAP_WORDS} from '../e2e/vm-swap-sources.ts'

const VM = 'worker-1'
const FIREWALL = 'ufw allow 22/tcp comment mine; ufw deny 9999; ufw --force enable'

const LEFT: readonly Explained[] = [
  ...LEFT_WITH_UFW,
  {
    line: /^\+ run d \/run\/netplan$/,
    because: 'netplan creates it each time it applies a file, and it is gone at the next boot',
  },
  {line: /^- run [df] \/run\/blkid/, because: 'what blkid knows of the disks is gone at the next boot'},
  {
    line: /^[+-] unit (file )?\S+\.swap /,
    because: 'systemd names a swap by those of its links that it saw; what is swapped to is compared by itself',
  },
]

/**
 * All that only a kernel and a boot of its own can show, in one life: a VM with two cards as VirtualBox makes them, swap of six
 * sources and a firewall becomes a worker, is booted again, and is given back.
 */
describe('a VM as the worker of a cluster', () => {
  let lab: TestLab
  let bare: Snapshot
  let [swapBefore, networkBefore] = ['', '']

  beforeAll(async () => {
    lab = await bootWorker('release-vm-worker')
    await measured('six sources of swap and a firewall', () => root(`${SWAP_SOURCES}\n${FIREWALL}`))
    swapBefore = await root(SWAP_STATE)
    networkBefore = await root(NETWORK_STATE)
    bare = await measured('snapshot', () => snapshot(lab, VM))
  })
  afterAll(() => lab.down())

  const root = (script: string): Promise<string> => lab.must(VM, 'sudo sh', script)
  const swaps = (): Promise<string> => root('sed 1d /proc/swaps')
  const apply = () => lab.kadmDone(['apply', '-f', 'kadm.yaml', '--json'])
  const networkHolds = async (): Promise<void> => {
    const card = await root('ip address show dev enp0s8')
    expect(card).toContain(`mtu ${SMALL_MTU}`)
    for (const address of addressesOf(lab)) expect(card).toContain(`inet ${address}/24`)
    expect(await root('ip -o -4 address show dev enp0s3')).toContain('10.0.2.15/24')
  }
  const firewallHolds = async (): Promise<void> => {
    const status = await root('ufw status')
    expect(status).toMatch(/^Status: active/)
    expect(status).toMatch(/^22\/tcp .*mine/m)
    expect(status).toMatch(/^10250\/tcp .*kadm/m)
    const knocks = [22, 9999].map(port => knockFromHere(lab.address(VM), port))
    expect(await Promise.all(knocks)).toEqual(['open', 'silent'])
    const proxy = await kubectl(
      lab,
      `-n kube-system get pods -l k8s-app=kube-proxy --field-selector spec.nodeName=${VM} -o name`,
    )
    expect(await kubectl(lab, `-n kube-system logs --tail=1 ${proxy.trim()}`)).not.toBe('')
  }

  it('is checked, and what kadm will do about each source of swap and the firewall is reported', async () => {
    const {stdout, stderr} = await lab.kadmDone(['preflight', '-f', 'kadm.yaml', '--verbose'])

    expect(stderr).toBe('')
    expect((await swaps()).split('\n')).toHaveLength(5)
    for (const words of SWAP_WORDS)
      expect(stdout).toEqual(typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words))
    expect(stdout).toContain(`${lab.address(VM)} on enp0s8 (login)`)
    expect(stdout).toMatch(/10250/)
    expect(stdout).toMatch(/ 0 errors/)
  })

  it('becomes a worker with one command, without swap, with the network of the file', async () => {
    const {stdout} = await measured('kadm apply with a VM', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))

    console.log(stdout)
    expect(await nodesOf(lab)).toMatch(/^master +Ready .*\nworker-1 +Ready /)
    expect(await swaps()).toBe('')
    const fstab = await root('cat /etc/fstab')
    expect(fstab).toContain(`${FSTAB_NOTE}/swap.img\tnone\tswap\tsw\t0\t0\n`)
    expect(fstab).toMatch(/^# swap is off for Kubernetes \(kadm\): UUID=\S+ none swap sw,pri=5 0 0$/m)
    await networkHolds()
  })

  it('is known by the card that leads to the others, everywhere', async () => {
    const addresses = MACHINES.map(lab.address).join(' ')
    const of = async (path: string): Promise<string> => (await kubectl(lab, `get nodes -o jsonpath='${path}'`)).trim()

    expect(await of('{.items[*].status.addresses[?(@.type=="InternalIP")].address}')).toBe(addresses)
    expect(await of(String.raw`{.items[*].metadata.annotations.flannel\.alpha\.coreos\.com/public-ip}`)).toBe(addresses)
    const {subjectAltName} = new X509Certificate(await lab.must('master', 'sudo cat /etc/kubernetes/pki/apiserver.crt'))
    expect(subjectAltName).toContain(`IP Address:${lab.address('master')}`)
    expect(subjectAltName).not.toContain('10.0.2.15')
  })

  it('keeps its firewall, with the rules of the cluster added; a deleted one is restored, and nothing else changes', async () => {
    await firewallHolds()
    await root(
      String.raw`ufw --force delete "$(ufw status numbered | sed -n 's/^\[ *\([0-9]*\)\] 10250.*/\1/p' | head -1)"`,
    )

    const {events} = await measured('second run on a VM', apply)

    expect(changedIn(events)).toEqual(['worker-1 ufw-rules'])
  })

  it('comes back from a boot with all as before, and kadm proves it', async () => {
    const bootId = (): Promise<string> => root('cat /proc/sys/kernel/random/boot_id')
    const before = await bootId()

    const {stdout} = await measured('kadm verify --reboot of a VM', () =>
      lab.kadmDone(['verify', '-f', 'kadm.yaml', '--reboot', '--reboot-timeout', '20m', '--yes', VM]),
    )

    console.log(stdout)
    expect(await bootId()).not.toBe(before)
    expect(await nodesOf(lab)).toMatch(/^master +Ready .*\nworker-1 +Ready /)
    await networkHolds()
    await firewallHolds()
  })

  it('has no swap then, though systemd finds a partition of its type', async () => {
    expect(await swaps()).toBe('')
    expect(
      await root('systemctl daemon-reload; systemctl start swap.target; ls /run/systemd/generator.late'),
    ).toContain('dev-vda2.swap')
    expect(await swaps()).toBe('')
  })

  it('is as it was after a reset, with each area of swap', async () => {
    await measured('reset of a VM', () => lab.kadmDone(['reset', '-f', 'kadm.yaml', '--yes']))

    expect(await root(SWAP_STATE)).toBe(swapBefore)
    expect((await root(NETWORK_STATE)).split('\n')).toEqual(networkBefore.split('\n'))
    expect(differences(bare, await snapshot(lab, VM), LEFT)).toEqual([])
  })
})
