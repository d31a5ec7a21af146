import {createHash} from 'node:crypto'
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import {describe, expect, test} from 'vitest'
import {silentDnsSection} from '../../src/facts/evidence/dns.ts'
import {dropRulesSection} from '../../src/facts/evidence/drop-rules.ts'
import {changedFilesSection, filesSection} from '../../src/facts/evidence/files.ts'
import {apiProbeSection, peersSection} from '../../src/facts/evidence/probes.ts'
import {workbenches, type Workbench} from '../resources/shell-runner.ts'
import {put, read} from './section-bench.ts'

const bench = workbenches()

test('files that others changed since kadm wrote them, by their hashes', async () => {
  const on = bench()
  const wrote = (path: string, written: string, text: string, indent: number | undefined): void => {
    const sha256 = createHash('sha256').update(written).digest('hex')
    const applied = {kind: 'file', path: on.root + path, mode: '0600', sha256}
    const folder = `/var/lib/kadm/ledger/file-${path.replaceAll('/', '-')}`
    put(on, path, text)
    put(on, `${folder}/applied.json`, JSON.stringify({format: 1, kind: 'file', id: 'x', applied}, undefined, indent))
  }
  wrote('/etc/kubernetes/manifests/etcd.yaml', 'as it was', 'as it was', undefined)
  wrote('/etc/kubernetes/manifests/kube-scheduler.yaml', 'as it was', 'edited', undefined)
  wrote('/var/lib/kubelet/config.yaml', 'as it was', 'edited too', 2)
  put(on, '/var/lib/kadm/ledger/sysctl-x/applied.json', '{"applied":{"kind":"sysctl","path":"/x","sha256":"00"}}')

  expect((await read(on, changedFilesSection)).toSorted()).toEqual([
    '/etc/kubernetes/manifests/kube-scheduler.yaml',
    '/var/lib/kubelet/config.yaml',
  ])
})

test("the client certificate that the kubelet's configuration names and that does not exist", async () => {
  const on = bench()
  const pem = '/var/lib/kubelet/pki/kubelet-client-current.pem'
  const conf = '/etc/kubernetes/kubelet.conf'
  put(on, conf, `    client-certificate: ${on.root}${pem}\n    client-key: ${on.root}${pem}\n`)

  expect(await read(on, filesSection)).toEqual([{path: pem, namedIn: conf}])
  put(on, pem, 'x')
  expect(await read(on, filesSection)).toEqual([])
})

describe('the name server that the kubelet gives to pods', () => {
  const dns = (on: Workbench, address: string): void => {
    put(
      on,
      '/var/lib/kubelet/config.yaml',
      `cgroupDriver: systemd\nclusterDNS:\n- ${address}\nclusterDomain: cluster.local\n`,
    )
    on.stub('kubectl', `echo '{"kind":"Service","spec":{"clusterIP":"10.96.0.10","clusterIPs":["10.96.0.10"]}}'`)
  }

  test('is reported with the address of the Service when it does not answer', async () => {
    const on = bench()
    dns(on, '127.0.0.9')

    expect(await read(on, silentDnsSection)).toEqual({address: '127.0.0.9', service: '10.96.0.10'})
  })

  test.each(['169.254.20.10', '"169.254.20.10"'])('is not tried where it is a cache of the node: %s', async address => {
    const on = bench()
    dns(on, address)

    expect(await read(on, silentDnsSection)).toBeUndefined()
  })

  test('is well when it answers', async () => {
    const on = bench()
    const server = createSocket('udp4')
    const asked: string[] = []
    server.on('message', (question, from) => {
      asked.push(question.toString('latin1'))
      server.send('answer', from.port, from.address)
    })
    try {
      server.bind(53, '127.0.0.77')
      await once(server, 'listening')
    } catch {
      // Without the right to port 53 this cannot be tried.
      return
    }
    dns(on, '127.0.0.77')

    expect(await read(on, silentDnsSection)).toBeUndefined()
    expect(asked[0]).toContain('\x07cluster\x05local\x00\x00\x01\x00\x01')
    server.close()
  })
})

test("another address of the API in kube-proxy's configuration, when its port is open", async () => {
  const on = bench()
  on.stub('kubectl', 'echo "Unable to connect to the server: dial tcp 127.0.0.1:1: connect: connection refused"')
  on.stub('bash', `case "$*" in *'127.0.0.1 2') exit 0;; *) echo 'Connection refused' >&2; exit 1;; esac`)
  put(on, '/etc/kubernetes/kubelet.conf', '    server: https://127.0.0.1:1\n')
  const proxy = (port: number): void => {
    put(
      on,
      '/var/lib/kubelet/pods/0a/volumes/kubernetes.io~configmap/kube-proxy/kubeconfig.conf',
      `    server: https://127.0.0.1:${String(port)}\n`,
    )
  }
  proxy(2)
  expect(await read(on, apiProbeSection)).toMatchObject({port: 'refused', elsewhere: 'https://127.0.0.1:2'})
  proxy(1)
  expect(await read(on, apiProbeSection)).toMatchObject({port: 'refused', elsewhere: undefined})
  proxy(3)
  expect(await read(on, apiProbeSection)).toMatchObject({elsewhere: undefined})
})

test.each([
  ['10.244.1.0 dev flannel.1 src 10.244.0.0', true],
  ['10.244.1.0 via 10.0.0.1 dev eth0 src 10.0.0.5', false],
  ['', undefined],
])('whether packets to pods of another node enter the tunnel: %s', async (line, isRouted) => {
  const on = bench()
  on.stub('bridge', `echo 'aa:bb:cc:00:00:01 dst 127.0.0.1 self permanent'`)
  on.stub('ip', `case $2 in neigh) echo '10.244.1.0 lladdr aa:bb:cc:00:00:01 PERMANENT';; *) echo '${line}';; esac`)
  on.stub('ping', 'exit 0')

  expect((await read(on, peersSection)).map(peer => peer.isRouted)).toEqual([isRouted])
})

describe('rules that throw away what nodes need', () => {
  const RULESET = `table ip filter { # handle 1
  chain INPUT { # handle 1
    udp dport 8472 counter packets 0 bytes 0 drop # handle 4
  }
}
table inet quiet { # handle 3
  chain in { # handle 1
    type filter hook input priority -5; policy accept;
    tcp dport { 80, 10250 } counter packets 3 bytes 180 drop # handle 7
    tcp dport 443 drop # handle 8
    tcp dport 6443 accept # handle 9
  }
}`
  const SAVED = `*filter
:INPUT ACCEPT [0:0]
-A INPUT -p udp -m udp --dport 8472 -j DROP
-A INPUT -p tcp -m tcp --dport 22 -j DROP
COMMIT
*raw
-A PREROUTING -p tcp -m tcp --dport 2379 -j DROP
COMMIT`

  test('are reported with the command that removes each', async () => {
    const on = bench()
    on.stub('nft', `cat <<'R'\n${RULESET}\nR`)
    on.stub('iptables-save', `cat <<'R'\n${SAVED}\nR`)

    expect((await read(on, dropRulesSection)).map(({remove}) => remove)).toEqual([
      'sudo iptables -D INPUT -p udp -m udp --dport 8472 -j DROP',
      'sudo iptables -t raw -D PREROUTING -p tcp -m tcp --dport 2379 -j DROP',
      'sudo nft delete rule inet quiet in handle 7',
    ])
  })
})
