import {describe, expect, test} from 'vitest'
import type {Evidence, LogLine} from '../../src/domain/evidence.ts'
import {diagnose} from '../../src/diagnose/diagnose.ts'
import {parseEvidence} from '../../src/facts/evidence/evidence.ts'
import {evidenceWith, probedCapture} from './captures.ts'

const ROLES = ['control-plane', 'worker'] as const
const ask = (evidence: Evidence) =>
  diagnose(evidence, {phase: 'doctor', waitedFor: 'nothing', now: evidence.now}).map(({name, proof}) => ({name, proof}))

/** The same machine as it was then: what came later was not said yet. */
function earlier(evidence: Evidence, seconds: number): Evidence {
  const now = evidence.now - seconds
  const said = (all: readonly LogLine[]): readonly LogLine[] => all.filter(({at}) => at <= now)
  const unit = <U extends Evidence['kubelet']>(of: U): U => ({
    ...of,
    runningSeconds: (of.runningSeconds ?? 0) - seconds,
    lines: said(of.lines),
  })
  return {
    ...evidence,
    now,
    kubelet: unit(evidence.kubelet),
    containerd: unit(evidence.containerd),
    containers: evidence.containers
      .filter(({startedAt}) => (startedAt ?? 0) <= now)
      .map(container => ({...container, lines: said(container.lines)})),
  }
}

describe.each(ROLES)('the load balancer of a %s', role => {
  const HAPROXY = {port: 7443, address: '127.0.0.1', process: 'haproxy'}
  const balanced = (evidence: Evidence, age: number): Evidence => ({
    ...evidence,
    manifests: [
      ...evidence.manifests,
      {file: 'kadm-haproxy.yaml', pod: 'kadm-haproxy', image: undefined, changedAt: evidence.now - age},
    ],
  })
  const evidence = evidenceWith(role)
  const told = (one: Evidence) => ask(one).map(({name}) => name)

  test('is a cause only when it does not run, and had the time to start', () => {
    expect(told(balanced(evidence, 900))).toEqual(['load-balancer-down'])
    expect(told(balanced({...evidence, listening: [...evidence.listening, HAPROXY]}, 900))).toEqual([])
    expect(told(balanced(evidence, 20))).toEqual([])
    expect(told(balanced({...evidence, kubelet: {...evidence.kubelet, runningSeconds: 20}}, 900))).toEqual([])
  })
})

describe.each(ROLES)('a healthy %s', role => {
  test('has nothing to explain', () => {
    expect(ask(evidenceWith(role))).toEqual([])
  })

  test('has nothing to explain at any time once its kubelet has settled, whatever the start-up said', () => {
    const evidence = evidenceWith(role)
    const since = Math.floor(evidence.kubelet.runningSeconds ?? 0) - 31

    expect(since).toBeGreaterThan(60)
    for (let seconds = 0; seconds < since; seconds += 3) expect(ask(earlier(evidence, seconds))).toEqual([])
  })
})

describe.each(ROLES)('a healthy %s that was asked everything', role => {
  const evidence = parseEvidence(probedCapture(role))

  test('answers', () => {
    expect(evidence).toMatchObject({
      kubeletAnswers: true,
      notReady: [],
      dropRules: [],
      api: {answered: true, port: 'open', error: ''},
      peers: [
        {kubeletPort: 'open', tunnel: true},
        {kubeletPort: 'open', tunnel: true},
      ],
      network: {cniConfigs: [{file: '10-containerd-net.conflist', network: 'kadm-pods'}], localhostResolves: true},
    })
    expect(evidence.certificates.filter(({isSignedByItsCa}) => isSignedByItsCa === false)).toEqual([])
  })

  test('has nothing to explain, whatever was being done', () => {
    for (const phase of ['doctor', 'wait-control-plane', 'node/node-ready', 'addon/coredns'])
      expect(diagnose(evidence, {phase, waitedFor: '', now: evidence.now})).toEqual([])
  })
})

test.each([
  'E1130 14:51:50.1 1 authentication.go:75] "Unable to authenticate the request" err="[x509: certificate has expired or is not yet valid: current time 2026-11-30T14:51:50Z is after 2026-11-30T13:51:50Z, verifying certificate SN=1]"',
  'http: TLS handshake error from 10.0.0.9:4242: tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-30T14:51:50Z is after 2026-11-30T13:51:50Z',
])('a control plane is not accused of the certificate of a client: %s', text => {
  const evidence = evidenceWith('control-plane')
  const line = {text, count: 3, at: evidence.now - 5}
  const containers = evidence.containers.map(container =>
    container.name === 'kube-apiserver' ? {...container, lines: [...container.lines, line]} : container,
  )

  expect(containers.some(({lines}) => lines.includes(line))).toBe(true)
  expect(ask({...evidence, containers})).toEqual([])
})

test('a bare machine has nothing to explain', () => {
  const nothing = Object.fromEntries(
    [
      'unit-states',
      'journal-kubelet',
      'journal-containerd',
      'tasks',
      'containers',
      'join',
      'runtime-state',
      'pod-network',
      'certificates',
    ].map(name => [name, '']),
  )

  expect(ask(evidenceWith('worker', nothing))).toEqual([])
})

test('a kubelet that was stopped in order is not judged by its old log', () => {
  const evidence = evidenceWith('worker')
  const stopped: Evidence = {
    ...evidence,
    join: {...evidence.join, hasKubeconfig: false, hasBootstrapKubeconfig: false},
    kubelet: {
      ...evidence.kubelet,
      active: 'inactive',
      sub: 'dead',
      lines: [{text: 'running with swap on is not supported', count: 1, at: evidence.now - 3}],
    },
  }

  expect(ask(stopped)).toEqual([])
})
