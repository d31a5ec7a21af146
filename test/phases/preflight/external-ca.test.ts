import {describe, expect, it} from 'vitest'
import {CA_NAMES, type CaName} from '../../../src/domain/certificates.ts'
import {authoritiesElsewhere, externalAuthorities, toRequest} from '../../../src/domain/external-ca.ts'
import {judge} from '../../../src/phases/preflight/judge.ts'
import {file, input, judged, sampleCluster} from './sample.ts'

const PKI = '/etc/kubernetes/pki'
const API = '/etc/kubernetes/manifests/kube-apiserver.yaml'
const SUPER_ADMIN = '/etc/kubernetes/super-admin.conf'
const filesOf = (...paths: readonly string[]) => Object.fromEntries(paths.map(path => [path, file]))
const JOINED = [
  ...['apiserver', 'apiserver-kubelet-client'].flatMap(name => [`${PKI}/${name}.crt`, `${PKI}/${name}.key`]),
  ...['admin', 'kubelet', 'controller-manager', 'scheduler'].map(name => `/etc/kubernetes/${name}.conf`),
]
const SIGNED = [...JOINED, SUPER_ADMIN]
const CAS = [`${PKI}/ca.crt`, `${PKI}/front-proxy-ca.crt`, `${PKI}/etcd/ca.crt`]

const controlPlane = (name: string, last: number, paths: readonly string[]) =>
  judged(name, last, {
    role: 'control-plane',
    ...(paths.includes(`${PKI}/ca.crt`) ? {clusterCaHash: 'aa'} : {}),
    files: filesOf(...paths),
  })

const cp1 = (...paths: readonly string[]) => controlPlane('cp-1', 10, paths)
const cp2 = (...paths: readonly string[]) => controlPlane('cp-2', 11, paths)
const worker = (...paths: readonly string[]) => judged('worker', 12, {files: filesOf(...paths)})

/** The first host leads, as in a run of apply. */
const found = (...hosts: readonly ReturnType<typeof judged>[]) =>
  judge({
    ...input(hosts),
    leader: hosts[0]?.node.host,
    elsewhere: authoritiesElsewhere(hosts.filter(({node}) => node.role === 'control-plane').map(({facts}) => facts)),
  }).filter(
    ({name}) => name === 'ExternalCA' || name === 'Role' || name === 'FileAvailable--etc-kubernetes-kubelet.conf',
  )

const missingIn = (message = '') => message.replace(/^.*: /, '').split(', ').toSorted()

describe('a control plane whose CA has its key elsewhere', () => {
  it('is refused with all files that must be signed first', () => {
    const [finding, ...others] = found(cp1(`${PKI}/ca.crt`))
    expect(others).toEqual([])
    expect(finding).toMatchObject({name: 'ExternalCA', severity: 'error', mandatory: true})
    expect(missingIn(finding?.message)).toEqual(SIGNED.toSorted())
    expect(finding?.remedy).toContain('kadm certs csr')
  })

  it('is accepted when all of them are there', () => {
    expect(found(cp1(`${PKI}/ca.crt`, ...SIGNED))).toMatchObject([{name: 'ExternalCA', severity: 'ok'}])
  })

  it('is not one that has the key, and not a worker', () => {
    expect(found(cp1(`${PKI}/ca.crt`, `${PKI}/ca.key`))).toEqual([])
    expect(found(cp1(`${PKI}/ca.crt`, '/etc/kubernetes/kubelet.conf'))).toMatchObject([
      {name: 'Role', severity: 'error'},
    ])
  })

  it('may have some of its CAs elsewhere', () => {
    const files = filesOf(`${PKI}/ca.crt`, `${PKI}/ca.key`, `${PKI}/front-proxy-ca.crt`, `${PKI}/etcd/ca.crt`)
    expect(externalAuthorities({files})).toEqual(['front-proxy-ca', 'etcd-ca'])
  })

  it('needs no access for emergencies when it joined the cluster and leads a later run', () => {
    const findings = found(cp1(...CAS.slice(0, 1), ...JOINED, API), cp2(...CAS.slice(0, 1), ...JOINED, API))
    expect(findings.map(({severity}) => severity)).toEqual(['ok', 'ok'])
  })
})

describe('a bare machine of a cluster whose CA has its key on no machine', () => {
  const running = cp1(...CAS, ...SIGNED, API)

  it('needs signed files of its own as a control plane, for each of these CAs', () => {
    const finding = found(running, cp2()).find(({hosts}) => hosts.includes('cp-2'))
    expect(finding).toMatchObject({name: 'ExternalCA', severity: 'error', mandatory: true})
    const missing = missingIn(finding?.message)
    expect(missing).toEqual(expect.arrayContaining(JOINED))
    expect(missing).toContain(`${PKI}/etcd/peer.key`)
    expect(missing).toContain(`${PKI}/front-proxy-client.crt`)
    expect(missing).not.toContain(SUPER_ADMIN)
    expect(missing).not.toContain(`${PKI}/ca.key`)
  })

  it('needs a signed kubelet.conf as a worker, unless something else signs for kubelets', () => {
    const [, finding] = found(running, worker()).filter(({name}) => name === 'ExternalCA')
    expect(missingIn(finding?.message)).toEqual(['/etc/kubernetes/kubelet.conf'])
    expect(finding).toMatchObject({severity: 'error'})
    expect(finding?.mandatory).toBeUndefined()
  })

  it('may have the signed kubelet.conf before it belongs to the cluster', () => {
    const findings = found(running, worker('/etc/kubernetes/kubelet.conf')).filter(({hosts}) =>
      hosts.includes('worker'),
    )
    expect(findings.map(({severity}) => severity)).toEqual(['ok', 'ok'])
  })

  it('needs nothing when one of the control planes has the key', () => {
    const findings = found(
      cp1(...CAS, `${PKI}/ca.key`, `${PKI}/front-proxy-ca.key`, `${PKI}/etcd/ca.key`),
      cp2(),
      worker(),
    )
    expect(findings.filter(({severity}) => severity === 'error')).toEqual([])
  })
})

describe('the requests', () => {
  const requested = (hosts: readonly ReturnType<typeof judged>[], elsewhere: readonly CaName[]) =>
    toRequest(hosts, {
      cluster: sampleCluster(),
      nodes: hosts.map(({node}) => node),
      elsewhere,
      leader: hosts[0]?.node.host,
    })

  it('are for everything before any machine has a CA', () => {
    const [first, second, third] = requested([cp1(), cp2(), worker()], [])
    expect([first?.certificates.length, second?.certificates.length, third?.certificates.length]).toEqual([7, 7, 0])
    expect([first?.kubeconfigs.length, second?.kubeconfigs.length, third?.kubeconfigs]).toEqual([5, 4, ['kubelet']])
  })

  it('are only for what is missing of such CAs', () => {
    const [first, second] = requested(
      [cp1(...CAS, ...SIGNED, API), cp2(`${PKI}/apiserver.crt`, `${PKI}/apiserver.key`)],
      ['ca'],
    )
    expect(first).toEqual({
      certificates: [
        'front-proxy-client',
        'etcd-server',
        'etcd-peer',
        'etcd-healthcheck-client',
        'apiserver-etcd-client',
      ],
      kubeconfigs: [],
    })
    expect(second).toEqual({
      certificates: ['apiserver-kubelet-client'],
      kubeconfigs: ['admin', 'kubelet', 'controller-manager', 'scheduler'],
    })
  })

  it('are for everything when nothing is missing, to renew it', () => {
    const [first] = requested([cp1(`${PKI}/ca.crt`, ...SIGNED, API)], ['ca'])
    expect(first?.certificates).toEqual(['apiserver', 'apiserver-kubelet-client'])
    expect(first?.kubeconfigs).toHaveLength(5)
  })

  it('know the authorities whose key no control plane has', () => {
    const has = (...paths: readonly string[]) => ({files: filesOf(...paths)})
    expect(authoritiesElsewhere([has(...CAS), has()])).toEqual(CA_NAMES)
    expect(authoritiesElsewhere([has(...CAS), has(`${PKI}/ca.key`)])).toEqual(['front-proxy-ca', 'etcd-ca'])
    expect(authoritiesElsewhere([has(), has()])).toEqual([])
  })
})
