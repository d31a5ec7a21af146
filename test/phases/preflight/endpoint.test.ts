import {expect, test} from 'vitest'
import type {EndpointAnswer} from '../../../src/phases/preflight/input.ts'
import {judge} from '../../../src/phases/preflight/judge.ts'
import {input, judged, sampleCluster, tell} from './sample.ts'

const LB = 'lb.example.com:443'
const MEMBER = {clusterCaHash: 'aa'}

const told = (
  endpoint: EndpointAnswer | undefined,
  facts: object = {},
  controlPlaneEndpoint = LB,
): readonly string[] => {
  const host = {...judged('node', 10, {role: 'control-plane', ...facts}), endpoint}
  const cluster = {...sampleCluster(), controlPlaneEndpoint}
  return tell(judge(input([host], {cluster})).filter(({name}) => name === 'ControlPlaneEndpoint'))
}
const server = (isOfCluster: boolean | undefined): EndpointAnswer => ({
  kind: 'server',
  subject: 'CN=nginx',
  isOfCluster,
})

test('an endpoint that leads elsewhere is refused', () => {
  const remedy =
    'correct controlPlaneEndpoint, or the servers of the load balancer: it must pass TCP connections on, without TLS of its own, to the API servers of this cluster only'

  expect(told(server(false), MEMBER)).toEqual([
    `error node: another server answers at controlPlaneEndpoint ${LB}: its certificate is for CN=nginx, and the CA of this cluster did not sign it -> ${remedy}`,
  ])
  expect(told(server(undefined))).toEqual([
    `error node: another server answers at controlPlaneEndpoint ${LB}: its certificate is for CN=nginx, and this cluster does not exist yet -> ${remedy}`,
  ])
})

test('a name that the host does not resolve is refused', () => {
  expect(told({kind: 'unknown-name'})).toEqual([
    `error node: does not resolve the name in controlPlaneEndpoint, ${LB} -> add the name to DNS or to /etc/hosts of node, or use an IP address as controlPlaneEndpoint`,
  ])
})

test('a load balancer without a server is a warning in a cluster, and no finding before there is one', () => {
  const warned = [
    `warning node: no API server answers at ${LB} -> check that the load balancer runs and passes connections on to the control planes that answer`,
  ]

  for (const kind of ['refused', 'closed'] as const) {
    expect(told({kind}, MEMBER)).toEqual(warned)
    expect(told({kind})).toEqual([])
  }
})

test('silence is a warning, because a control plane starts without the endpoint', () => {
  const warned = [
    `warning node: gets no answer from ${LB} within 5 s -> check the route and the firewalls between node and the load balancer; a control plane must reach itself through it too`,
  ]

  expect(told({kind: 'silent'}, MEMBER)).toEqual(warned)
  expect(told({kind: 'silent'})).toEqual(warned)
})

test('nothing is said of an endpoint that works, that could not be tested, or that is local', () => {
  expect(told(server(true), MEMBER)).toEqual([])
  expect(told(undefined)).toEqual([])
  expect(told({kind: 'refused'}, MEMBER, 'api.kadm.internal:7443')).toEqual([])
})
