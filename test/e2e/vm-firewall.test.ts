import {createServer, type Server} from 'node:http'
import {connect} from 'node:net'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {labReboot} from '../../src/lab/lab-power.ts'
import {closeByNftables, CLOSED_NFTABLES, namedAfterKadm, ruleset} from './closed-machine.ts'
import {measured, testLab, type TestLab} from './test-lab.ts'
import {changedIn} from './told.ts'

const NAME = 'e2e-vm-firewall'
const PRIVATE = '192.168.157'
/** All that is about the network; a whole cluster behind ufw is another file's. */
const ONLY = ['--only', 'prepare/kernel,prepare/nat,prepare/firewall']
/** The VM is too small for a control plane, and none is made of it. */
const SMALL = ['--ignore-preflight-errors', 'NumCPU,Mem']

describe('a VM with a firewall', () => {
  let lab: TestLab
  let outside: Outside

  beforeAll(async () => {
    lab = await testLab(NAME, ['one'], {driver: 'qemu', vm: {cpus: 1, memoryMib: 1536}})
    outside = await serveOutside(lab)
    await lab.write('kadm.yaml', clusterFile(lab))
  })
  afterAll(async () => {
    await outside.close()
    await lab.down()
  })

  const init = (...more: readonly string[]) =>
    measured(['init', ...more].join(' '), () =>
      lab.kadmDone(['init', '-f', 'kadm.yaml', '--bundle', lab.bundleDir, ...ONLY, ...SMALL, ...more]),
    )
  const reset = () => measured('reset', () => lab.kadmDone(['reset', '-f', 'kadm.yaml', '--yes']))
  const knocked = (port: number): Promise<string> => knockFromHere(lab.address('one'), port)
  const ufwState = (): Promise<string> =>
    lab.must(
      'one',
      'sudo sh -c "ufw status numbered; sha256sum /etc/ufw/* /etc/default/ufw 2>/dev/null; nft -s list ruleset"',
    )

  /** The listed things hold, and a machine behind this one gets out as this one; after a boot too. */
  const holdsNowAndAfterABoot = async (rules: () => Promise<void>): Promise<void> => {
    await rules()
    expect(await outside.seenFrom(lab)).toBe(lab.address('one'))
    await measured('reboot', () => labReboot(NAME, 'one'))
    await rules()
    expect(await outside.seenFrom(lab)).toBe(lab.address('one'))
  }

  describe('that is ufw', () => {
    let before = ''

    it('shows the rules that it will get, before it gets them', async () => {
      await lab.must('one', `sudo ufw allow 22/tcp comment mine && sudo ufw deny 9999 && sudo ufw --force enable`)
      before = await ufwState()

      const planned = await init('--dry-run')

      expect(planned.stdout).toContain('+ufw allow 6443/tcp')
      expect(planned.stdout).toContain('+ufw route allow in on cni0 from 10.244.0.0/16')
      expect(planned.stdout).toMatch(new RegExp(`\\+ufw route allow out on \\w+ from ${PRIVATE}.0/24`))
      expect(await ufwState()).toBe(before)
      expect(await knocked(6443)).toBe('silent')
      expect(await outside.seenFrom(lab)).toBe('nobody')
    })

    it('lets through what is needed and nothing else, now and after a boot', async () => {
      await init()
      expect((await init('--json')).events.at(-1)).toMatchObject({changes: 0})

      await holdsNowAndAfterABoot(async () => {
        expect(await lab.must('one', "sudo ufw show added | grep -c 'kadm: '")).toBe('5')
        expect(await lab.must('one', 'sudo ufw status')).toMatch(/^Status: active/)
        expect(await knocked(6443)).toBe('refused')
        expect(await knocked(10250)).toBe('silent')
        expect(await lab.must('one', 'cat /proc/sys/net/ipv4/ip_forward')).toBe('1')
      })
    })

    it('gets a rule back that somebody deleted', async () => {
      await lab.must('one', 'sudo ufw delete allow 6443/tcp')

      expect(changedIn((await init('--json')).events)).toEqual(['one ufw-rules'])
    })

    it('is what it was after a reset', async () => {
      await reset()

      expect(await ufwState()).toBe(before)
      expect(await outside.seenFrom(lab)).toBe('nobody')
      expect(await lab.must('one', 'cat /proc/sys/net/ipv4/ip_forward')).toBe('0')
    })
  })

  describe('that is a file of nftables', () => {
    let before: readonly string[] = []

    it('lets through what is needed and nothing else, now and after a boot', async () => {
      await lab.must('one', 'sudo ufw --force disable && sudo nft flush ruleset')
      await closeByNftables(lab, 'one')
      before = await ruleset(lab, 'one')
      expect(await knocked(6443)).toBe('silent')

      await init()

      await holdsNowAndAfterABoot(async () => {
        expect(await lab.must('one', "sudo nft list table inet filter | grep -c 'kadm: '")).toBe('7')
        expect(await knocked(6443)).toBe('refused')
        expect(await knocked(10250)).toBe('silent')
      })
      expect((await init('--json')).events.at(-1)).toMatchObject({changes: 0})
    })

    it('is what it was after a reset', async () => {
      await reset()

      expect(await ruleset(lab, 'one')).toEqual(before)
      expect(`${await lab.must('one', 'cat /etc/nftables.conf')}\n`).toBe(CLOSED_NFTABLES)
      expect(await namedAfterKadm(lab, 'one')).toBe('')
    })
  })
})

const clusterFile = ({address}: TestLab): string => `apiVersion: kadm/v1
kind: Cluster
metadata: {name: kubernetes}
hosts:
  - {name: one, role: control-plane, ssh: {address: ${address('one')}, user: ubuntu}, nat: [${PRIVATE}.0/24]}
`

interface Outside {
  /** Whom a server outside sees when a machine with a private card only behind the VM asks it; `nobody` when it is not reached. */
  readonly seenFrom: (lab: TestLab) => Promise<string>
  readonly close: () => Promise<void>
}

/** A server on the lab's own network, which knows no way to the private one. */
async function serveOutside({address}: TestLab): Promise<Outside> {
  const gateway = address('one').replace(/\d+$/, '1')
  const server: Server = createServer(({socket}, response) => response.end(socket.remoteAddress))
  await new Promise<void>(resolve => server.listen(0, gateway, resolve))
  const at = server.address()
  const port = typeof at === 'object' && at !== null ? at.port : 0
  return {
    seenFrom: ({must}) =>
      must(
        'one',
        'sudo sh -e',
        `ip netns list | grep -qw inside || {
ip netns add inside
ip link add private type veth peer name eth0 netns inside
ip address add ${PRIVATE}.1/24 dev private
ip link set private up
ip -n inside address add ${PRIVATE}.2/24 dev eth0
ip -n inside link set eth0 up
ip -n inside route add default via ${PRIVATE}.1
}
ip netns exec inside perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(PeerAddr => "${gateway}", PeerPort => ${String(port)}, Timeout => 4);
if ($s) { print $s "GET / HTTP/1.0\\r\\n\\r\\n"; print((join("", <$s>) =~ /\\r\\n\\r\\n(.*)/)[0]) } else { print "nobody" }'`,
      ),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
      }),
  }
}

/** What this computer hears of a TCP port: `open`, `refused` (it got through, and nobody listens) or `silent`. */
const knockFromHere = (host: string, port: number): Promise<string> =>
  new Promise(resolve => {
    const socket = connect({host, port, timeout: 4000})
    const tell = (answer: string) => (): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', tell('open'))
    socket.once('error', tell('refused'))
    socket.once('timeout', tell('silent'))
  })
