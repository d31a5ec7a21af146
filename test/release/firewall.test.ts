import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {labReboot} from '../../src/lab/run/lab-power.ts'
import {closeByNftables, CLOSED_NFTABLES, knock, namedAfterKadm, ruleset} from './closed-machine.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {changedIn} from '../e2e/told.ts'

const NAME = 'e2e-firewall'
const MACHINES = ['master', 'worker']
const PRIVATE = '192.168.157'

describe('two machines whose firewall admits only ssh', () => {
  let lab: TestLab
  const before = new Map<string, readonly string[]>()

  beforeAll(async () => {
    lab = await testLab(NAME, MACHINES)
    for (const machine of MACHINES) {
      await closeByNftables(lab, machine)
      before.set(machine, await ruleset(lab, machine))
    }
  })
  afterAll(() => lab.down())

  const bundle = (): readonly string[] => ['--bundle', lab.bundleDir]
  const rulesOfKadm = async (machine: string): Promise<readonly string[]> =>
    (await lab.must(machine, 'sudo nft -s list table inet filter'))
      .split('\n')
      .flatMap(line => /comment "kadm: (.*)"/.exec(line)?.[1] ?? [])
      .sort()
  const inForce = async (): Promise<void> => {
    expect(await rulesOfKadm('worker')).toEqual([
      `kubelet from ${lab.address('master')}`,
      `pod network from ${lab.address('master')}`,
      'pods of other nodes from 10.244.0.0/16 to 10.244.0.0/16',
      'pods of this node from 10.244.0.0/16',
      'pods to this node from 10.244.0.0/16',
      'replies to 10.244.0.0/16',
    ])
  }

  it('are shown what the firewall will admit, and nothing changes', async () => {
    const {stdout} = await lab.kadmDone([
      'preflight',
      lab.target('master'),
      lab.target('worker'),
      '--verbose',
      ...bundle(),
    ])
    const plan = await lab.kadmDone(['init', lab.target('master'), '--dry-run', ...bundle()])

    expect(stdout).toContain("nftables' inet filter input is closed (policy drop)")
    expect(stdout).toContain(`TCP 10250 from ${lab.address('worker')}`)
    expect(plan.stdout).toContain('+tcp dport 6443 accept comment "kadm: API server"')
    expect(await ruleset(lab, 'master')).toEqual(before.get('master'))
  })

  it('become a cluster: the control plane lets the worker in that joins later', async () => {
    await measured('init', () => lab.kadmDone(['init', lab.target('master'), ...bundle()]))
    expect(await knock(lab, 'worker', lab.address('master'), 10250)).toBe('silent')

    const joined = await measured('join', () =>
      lab.kadmDone(['join', lab.target('worker'), '--to', lab.target('master'), '--json', ...bundle()]),
    )

    expect(changedIn(joined.events).filter(change => change.startsWith('master '))).toEqual([
      'master file:/usr/local/sbin/kadm-firewall',
      'master loaded-rules:kadm-firewall',
      'master unit:kadm-firewall.service',
    ])
    await inForce()
    expect(await rulesOfKadm('master')).toContain(`pod network from ${lab.address('worker')}`)
    expect(await knock(lab, 'worker', lab.address('master'), 10250)).toBe('open')
  })

  it('work as a cluster', async () => {
    await measured('verify', () => lab.kadmDone(['verify', lab.target('master')]))
  })

  it('admit nothing that is not named', async () => {
    await lab.must('worker', 'sudo systemd-run -q --collect --unit=web python3 -m http.server 8000')

    expect(await knock(lab, 'worker', lab.address('worker'), 8000)).toBe('open')
    expect(await knock(lab, 'master', lab.address('worker'), 8000)).toBe('silent')
    expect(await knock(lab, 'worker', lab.address('master'), 2379)).toBe('silent')
    await lab.must('worker', 'sudo systemctl stop web')
  })

  it('keep the rules when the firewall reloads its own, and get them back when it was loaded by hand', async () => {
    await lab.must('worker', 'sudo systemctl reload nftables.service')
    await inForce()
    await lab.must('worker', 'sudo systemctl restart nftables.service')
    await inForce()
    await lab.must('worker', 'sudo nft -f /etc/nftables.conf')
    expect(await rulesOfKadm('worker')).toEqual([])

    const again = ['join', lab.target('worker'), '--to', lab.target('master'), '--json', ...bundle()]
    const mended = await lab.kadmDone(again)

    expect(changedIn(mended.events)).toEqual(['worker loaded-rules:kadm-firewall'])
    await inForce()
    expect((await lab.kadmDone(again)).events.at(-1)).toMatchObject({changes: 0})
  })

  it('let machines with a private card out through one of them, also after a reboot', async () => {
    const file = await lab.write('kadm.yaml', clusterFile(lab))
    await lab.must('worker', 'sudo nft insert rule inet filter input tcp dport 8000 accept')
    await lab.must('worker', 'sudo systemd-run -q --collect --unit=web python3 -m http.server 8000')
    await addPrivateMachine(lab)
    expect(await fromInside(lab)).toBe('no way')

    const {events} = await lab.kadmDone(['apply', '-f', file, '--json', ...bundle()])

    expect(changedIn(events)).toContain('master unit:kadm-nat.service')
    expect(await fromInside(lab)).toBe('200')
    await labReboot(NAME, 'master')
    await addPrivateMachine(lab)
    expect(await fromInside(lab)).toBe('200')
    expect(await lab.must('worker', 'sudo journalctl -u web -o cat')).toContain(`${lab.address('master')} - - `)
    expect(await lab.must('worker', 'sudo journalctl -u web -o cat')).not.toContain(`${PRIVATE}.2 - - `)
    await lab.must('master', 'sudo ip netns delete inside')
    await lab.must('worker', 'sudo systemctl stop web')
  })

  it('find the rules of NAT missing after a flush, and nothing else', async () => {
    await lab.must('master', 'sudo nft delete table ip kadm-nat')

    const {events} = await lab.kadmDone(['apply', '-f', 'kadm.yaml', '--json', ...bundle()])

    expect(changedIn(events).filter(change => change.includes('kadm-'))).toEqual(['master loaded-rules:kadm-nat'])
  })

  it('close to a worker that is removed, and that gets its own rules back', async () => {
    await lab.must('worker', 'sudo systemctl restart nftables.service')
    expect((await rulesOfKadm('master')).filter(rule => rule.endsWith(lab.address('worker')))).toHaveLength(2)

    const {events} = await lab.kadmDone(['remove', 'worker', '-f', 'kadm.yaml', '--yes', '--json'])

    expect(changedIn(events).filter(change => change.startsWith('master '))).toEqual([
      'master file:/usr/local/sbin/kadm-firewall',
      'master unit:kadm-firewall.service',
    ])
    const rules = await rulesOfKadm('master')
    expect(rules.filter(rule => rule.includes(lab.address('worker')))).toEqual([])
    expect(rules).toContain('API server')
    expect(await ruleset(lab, 'worker')).toEqual(before.get('worker'))
  })

  it('have their own rules and nothing else after a reset', async () => {
    await lab.must('worker', 'sudo systemctl restart nftables.service')
    await lab.kadmDone(['reset', '-f', 'kadm.yaml', '--yes'])

    for (const machine of MACHINES) {
      expect(await ruleset(lab, machine)).toEqual(before.get(machine))
      expect(`${await lab.must(machine, 'cat /etc/nftables.conf')}\n`).toBe(CLOSED_NFTABLES)
      expect(await namedAfterKadm(lab, machine)).toBe('')
    }
  })
})

const clusterFile = ({address}: TestLab): string => `apiVersion: kadm/v1
kind: Cluster
metadata: {name: kubernetes}
hosts:
  - {name: master, role: control-plane, ssh: {address: ${address('master')}, user: ubuntu}, nat: [${PRIVATE}.0/24]}
  - {name: worker, role: worker, ssh: {address: ${address('worker')}, user: ubuntu}}
`

/** A machine of its own in a network that only the gateway has a card in. */
const addPrivateMachine = ({must}: TestLab): Promise<string> =>
  must(
    'master',
    'sudo sh -e',
    `ip netns add inside
ip link add private type veth peer name eth0 netns inside
ip address add ${PRIVATE}.1/24 dev private
ip link set private up
ip -n inside address add ${PRIVATE}.2/24 dev eth0
ip -n inside link set eth0 up
ip -n inside route add default via ${PRIVATE}.1`,
  )

const GET = `import sys, urllib.request
try:
    print(urllib.request.urlopen(sys.argv[1], timeout=4).status)
except OSError:
    print('no way')`

const fromInside = ({must, address}: TestLab): Promise<string> =>
  must('master', `sudo ip netns exec inside python3 - http://${address('worker')}:8000/`, GET)
