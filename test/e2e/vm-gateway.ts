import {createServer, type Server} from 'node:http'
import {connect} from 'node:net'
import {expect} from 'vitest'
import {labReboot} from '../../src/lab/run/lab-power.ts'
import type {KadmAnswer} from './run-kadm.ts'
import {measured, testLab, type TestLab} from './test-lab.ts'

/** The network whose machines have no other way out, without its last byte. */
export const PRIVATE = '192.168.157'
/** All that is about the network; a whole cluster behind ufw is another file's. */
const ONLY = ['--only', 'prepare/kernel,prepare/nat,prepare/firewall']
/** The VM is too small for a control plane, and none is made of it. */
const SMALL = ['--ignore-preflight-errors', 'NumCPU,Mem']

/** A VM that is prepared for the network of a cluster, with a machine behind it that has a private card only. */
export interface Gateway {
  readonly lab: TestLab
  readonly init: (...more: readonly string[]) => Promise<KadmAnswer>
  readonly reset: () => Promise<KadmAnswer>
  /** What this computer hears of a TCP port of the VM: `open`, `refused` (it got through, and nobody listens) or `silent`. */
  readonly knocked: (port: number) => Promise<string>
  /** As whom the machine behind it is seen outside; `nobody` when it does not get out. */
  readonly seenOutside: () => Promise<string>
  /** The listed things hold, and the machine behind this one gets out as this one; after a boot too. */
  readonly holdsNowAndAfterABoot: (rules: () => Promise<void>) => Promise<void>
  readonly down: () => Promise<void>
}

/** Boots a VM called `one`. */
export async function bootGateway(name: string): Promise<Gateway> {
  const lab = await testLab(name, ['one'], {driver: 'qemu', vm: {cpus: 1, memoryMib: 1536}})
  const outside = await serveOutside(lab)
  await lab.write('kadm.yaml', clusterFile(lab))
  const seenOutside = (): Promise<string> => outside.seenFrom(lab)
  return {
    lab,
    seenOutside,
    init: (...more) =>
      measured(['init', ...more].join(' '), () =>
        lab.kadmDone(['init', '-f', 'kadm.yaml', '--bundle', lab.bundleDir, ...ONLY, ...SMALL, ...more]),
      ),
    reset: () => measured('reset', () => lab.kadmDone(['reset', '-f', 'kadm.yaml', '--yes'])),
    knocked: port => knockFromHere(lab.address('one'), port),
    holdsNowAndAfterABoot: async rules => {
      await rules()
      expect(await seenOutside()).toBe(lab.address('one'))
      await measured('reboot', () => labReboot(name, 'one'))
      await rules()
      expect(await seenOutside()).toBe(lab.address('one'))
    },
    down: async () => {
      await outside.close()
      await lab.down()
    },
  }
}

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
export const knockFromHere = (host: string, port: number): Promise<string> =>
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
