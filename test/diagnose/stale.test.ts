import {describe, expect, test} from 'vitest'
import {diagnose} from '../../src/diagnose/diagnose.ts'
import {shorten} from '../../src/diagnose/log.ts'
import {crashed, evidenceWith, nowOf, units, type Sections} from './captures.ts'
import {
  CP,
  journalAt,
  network,
  podFails,
  probe,
  pullFails,
  reflector,
  registers,
  W,
  WELL,
  type Role,
} from './wording.ts'

const names = (role: Role, sections: Sections): readonly string[] =>
  diagnose(evidenceWith(role, sections), {phase: 'doctor', waitedFor: 'nothing', now: nowOf(role)}).map(
    ({name}) => name,
  )

const DEAD_POD = podFails(
  'failed to \\"StartContainer\\" for \\"web\\" with ImagePullBackOff: \\"Back-off pulling image \\\\\\"example.test/web:nope\\\\\\"\\"',
)
const CONFIG =
  'E1124 06:41:12.301245    2211 run.go:72] "command failed" err="failed to load kubelet config file, path: /var/lib/kubelet/config.yaml, error: yaml: line 13: did not find expected node content"'
const started = (seconds: number, restarts = '0'): Sections =>
  units('running', 'running', {
    ExecMainStartTimestampMonotonic: String((5000 - seconds) * 1_000_000),
    NRestarts: restarts,
  })

describe('what was wrong and is well now is not reported', () => {
  test.each<[string, Role, Sections]>([
    ['a start that failed before a start by hand', W, {...started(3), ...journalAt('kubelet', W, 8, CONFIG)}],
    ['a start that failed before one that goes on', W, {...started(12, '4'), ...journalAt('kubelet', W, 14, CONFIG)}],
    [
      'a start that failed before one that answers already',
      W,
      {...started(8, '4'), ...journalAt('kubelet', W, 9, CONFIG), 'kubelet-health': 'yes'},
    ],
    [
      'an API that was refused and answers now',
      W,
      {...WELL, ...journalAt('kubelet', W, 5, reflector('dial tcp 10.77.1.11:6443: connect: connection refused'))},
    ],
    [
      'an API that was slow and answers now',
      W,
      {...WELL, ...journalAt('kubelet', W, 5, reflector('net/http: TLS handshake timeout'))},
    ],
    [
      'a certificate that was not known and is now',
      W,
      {
        ...WELL,
        ...journalAt(
          'kubelet',
          W,
          5,
          registers('tls: failed to verify certificate: x509: certificate signed by unknown authority'),
        ),
      },
    ],
    [
      'a kubelet that was not let in and is now',
      W,
      {...WELL, ...journalAt('kubelet', W, 5, registers('Unauthorized'))},
    ],
    [
      'a kubeconfig that was missing and is there',
      W,
      {
        ...started(5, '3'),
        'kubelet-health': 'yes',
        ...journalAt(
          'kubelet',
          W,
          10,
          'E1124 06:41:12.3    2211 run.go:72] "command failed" err="failed to run Kubelet: unable to load bootstrap kubeconfig: stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory"',
        ),
      },
    ],
    [
      'a name that was wrong and is right',
      W,
      {
        ...WELL,
        ...journalAt(
          'kubelet',
          W,
          100,
          'E1124 06:41:12.3    2211 x.go:1] "x" err="nodes \\"worker-9\\" is forbidden: node \\"worker-1\\" is not allowed to modify node \\"worker-9\\""',
        ),
      },
    ],
    ['a pod that is gone', W, {...WELL, ...journalAt('kubelet', W, 5, DEAD_POD), 'pod-uids': 'known\n1111'}],
    [
      'the pull for a pod that is gone',
      W,
      {
        ...WELL,
        ...journalAt(
          'kubelet',
          W,
          5,
          DEAD_POD.replace('example.test/web:nope', 'registry.k8s.io/etcd:3.7.0-0'),
          pullFails('not found'),
        ),
        'pod-uids': 'known\n1111',
      },
    ],
    [
      'an image that could not be had and is there',
      CP,
      {...journalAt('kubelet', CP, 5, pullFails('connection refused'))},
    ],
    [
      'a plugin that was missing and is there',
      W,
      {
        ...WELL,
        'pod-network': network(),
        ...journalAt('kubelet', W, 5, podFails('failed to find plugin \\"bridge\\" in path [/opt/cni/bin]')),
      },
    ],
    [
      'a manifest that was wrong and was written since',
      CP,
      {
        ...journalAt(
          'kubelet',
          CP,
          30,
          'E1124 06:41:12.3    2211 file.go:186] "Could not process manifest file" err="couldn\'t parse as pod(yaml: line 4)" path="/etc/kubernetes/manifests/etcd.yaml"',
        ),
        join: `kubeconfig yes\ncertificate yes\nmanifest etcd.yaml ${String(Math.round(nowOf(CP)) - 10)} etcd x`,
      },
    ],
    [
      'a node that was gone and is there',
      W,
      {
        ...WELL,
        'api-probe': probe({podCIDRs: ['10.244.1.0/24']}),
        ...journalAt('kubelet', W, 5, 'E1124 06:41:12.3    2211 x.go:1] "x" err="node \\"worker-1\\" not found"'),
      },
    ],
    [
      'what a container of a pod that is gone said',
      W,
      {...crashed('coredns', W, '[FATAL] x'), 'pod-uids': 'known\n1111'},
    ],
  ])('%s', (_, role, sections) => {
    expect(names(role, sections)).toEqual([])
  })

  test('but a start that fails again and again is reported in the second in which it starts', () => {
    expect(names(W, {...started(1, '7'), ...journalAt('kubelet', W, 12, CONFIG)})).toContain('kubelet-config')
  })

  test('what is wrong besides the thing that is well is still reported', () => {
    expect(
      names(W, {
        ...WELL,
        ...journalAt('kubelet', W, 5, podFails('failed to find plugin \\"flannel\\" in path [/opt/cni/bin]')),
      }),
    ).toContain('cni-plugin')
  })
})

describe('a proof is cut around its reason', () => {
  const reason = 'dial tcp: lookup registry.k8s.io on 10.0.2.3:53: no such host'
  const long = `E1124 06:41:14.1    2211 pod_workers.go:1338] "Error syncing pod, skipping" err="${'failed to pull and unpack image x: '.repeat(12)}${reason}" pod="default/web-${'a'.repeat(80)}" podUID="x"`

  test('which Go puts last', () => {
    expect(shorten(long, 'failed to pull and unpack')).toContain(reason)
    expect(shorten(long).length).toBeLessThan(400)
  })

  test('a short line stays whole', () => {
    expect(shorten('E1124 06:41:14.1    2211 run.go:72] "command failed" err="x"')).toBe('"command failed" err="x"')
  })
})
