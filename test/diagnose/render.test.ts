import {expect, test} from 'vitest'
import pc from 'picocolors'
import {diagnose} from '../../src/diagnose/diagnose.ts'
import {renderDiagnoses} from '../../src/ui/render-diagnoses.ts'
import {evidenceWith, nowOf} from './captures.ts'
import {commandFailed, kubeletEnds} from './wording.ts'

test('the doctor tells for each host what is wrong, what proves it and what to do', () => {
  const sections = {
    ...kubeletEnds(
      'worker',
      commandFailed(
        'failed to run Kubelet: running with swap on is not supported, please disable swap or set --fail-swap-on flag to false',
      ),
    ),
    memory: 'total 24684084\navailable 20074716\nswap /swap.img file 2097148 0 -2',
  }
  const ill = diagnose(evidenceWith('worker', sections), {phase: 'doctor', waitedFor: 'nothing', now: nowOf('worker')})
  const examined = [
    {host: 'master', diagnoses: []},
    {host: 'worker-1', diagnoses: ill},
    {host: 'worker-3', diagnoses: ill},
    {host: 'worker-2', diagnoses: [], unreachable: 'cannot connect to 10.0.0.12:22: connection refused'},
  ]

  const cluster = {through: 'master', nodes: 3, diagnoses: [], unread: []}
  expect(renderDiagnoses(examined, cluster, pc.createColors(false))).toMatchInlineSnapshot(`
    "certain: worker-1, worker-3: swap: swap is on, and the kubelet does not start with swap
      | kubelet (3 times): "command failed" err="failed to run Kubelet: running with swap on is not supported, please disable swap or set --fail-swap-on flag to false"
      | /proc/swaps: /swap.img
      next: \`sudo swapoff -a\`, then run \`kadm apply\` (without a cluster file: the same kadm init or kadm join as before): it keeps swap off after a reboot; or use --swap=keep to keep swap
    master: no known cause in its logs and files
    not examined: worker-2: cannot connect to 10.0.0.12:22: connection refused
    cluster: 3 nodes; everything expected is present and works (read through master; test it with: kadm verify)"
  `)
})

test('a cluster that was not asked is not called well', () => {
  const well = [{host: 'worker-1', diagnoses: []}]
  const cluster = {diagnoses: [], unread: [], notAsked: 'none of these machines is a control plane'}

  expect(renderDiagnoses(well, cluster, pc.createColors(false))).toMatchInlineSnapshot(`
    "worker-1: no known cause in its logs and files (the cluster itself was not checked; run: kadm status)
    not asked: cluster: none of these machines is a control plane"
  `)
})

test('what is wrong with the cluster is reported after the hosts, and what could not be read too', () => {
  const cluster = {
    through: 'master',
    nodes: 1,
    diagnoses: [
      {
        name: 'dns-scaled-to-0',
        cause: 'Deployment kube-system/coredns is scaled to 0, so no name of a service resolves',
        certainty: 'certain' as const,
        proof: ['kube-system/coredns: 0 replicas wanted'],
        fix: 'kubectl -n kube-system scale deployment coredns --replicas=2',
      },
    ],
    unread: ['webhooks: could not list webhooks: the API server at 10.0.0.10:6443 did not answer in time'],
  }

  expect(renderDiagnoses([{host: 'master', diagnoses: []}], cluster, pc.createColors(false))).toMatchInlineSnapshot(`
    "master: no known cause in its logs and files
    certain: cluster: dns-scaled-to-0: Deployment kube-system/coredns is scaled to 0, so no name of a service resolves
      | kube-system/coredns: 0 replicas wanted
      next: kubectl -n kube-system scale deployment coredns --replicas=2
    not read: cluster: webhooks: could not list webhooks: the API server at 10.0.0.10:6443 did not answer in time"
  `)
})

test('machines that have nothing to tell share a line where they are many', () => {
  const examined = Array.from({length: 30}, (_, i) => ({host: `w-${String(i)}`, diagnoses: []}))
  const cluster = {through: 'w-0', nodes: 30, diagnoses: [], unread: []}

  expect(renderDiagnoses(examined, cluster, pc.createColors(false)).split('\n')).toEqual([
    'w-0, w-1, w-2, w-3, w-4 and 25 more: no known cause in their logs and files',
    expect.stringMatching(/^cluster: 30 nodes; /),
  ])
})

test('a cluster whose trouble a machine tells is not called well', () => {
  const cluster = {through: 'master', nodes: 2, diagnoses: [], unread: [], isToldAbove: true}

  expect(renderDiagnoses([], cluster, pc.createColors(false))).toBe('cluster: 2 nodes; see the problems above')
})
