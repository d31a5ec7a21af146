import {describe, expect, it} from 'vitest'
import {externalAuthorities} from '../../../src/domain/external-ca.ts'
import {judge} from '../../../src/phases/preflight/judge.ts'
import {file, input, judged} from './sample.ts'

const PKI = '/etc/kubernetes/pki'
const filesOf = (...paths: readonly string[]) => Object.fromEntries(paths.map(path => [path, file]))
const SIGNED = [
  ...['apiserver', 'apiserver-kubelet-client'].flatMap(name => [`${PKI}/${name}.crt`, `${PKI}/${name}.key`]),
  ...['admin', 'super-admin', 'kubelet', 'controller-manager', 'scheduler'].map(name => `/etc/kubernetes/${name}.conf`),
]

const found = (paths: readonly string[]) =>
  judge(input([judged('cp-1', 10, {role: 'control-plane', clusterCaHash: 'aa', files: filesOf(...paths)})])).filter(
    ({name}) => name === 'ExternalCA' || name === 'Role',
  )

describe('a control plane whose CA has its key elsewhere', () => {
  it('is refused with all files that must be signed first', () => {
    const [finding, ...others] = found([`${PKI}/ca.crt`])
    expect(others).toEqual([])
    expect(finding).toMatchObject({name: 'ExternalCA', severity: 'error', mandatory: true})
    for (const path of SIGNED) expect(finding?.message).toContain(path)
    expect(finding?.remedy).toContain('kadm certs csr')
  })

  it('is accepted when all of them are there', () => {
    expect(found([`${PKI}/ca.crt`, ...SIGNED])).toMatchObject([{name: 'ExternalCA', severity: 'ok'}])
  })

  it('is not one that has the key, and not a worker', () => {
    expect(found([`${PKI}/ca.crt`, `${PKI}/ca.key`])).toEqual([])
    expect(found([`${PKI}/ca.crt`, '/etc/kubernetes/kubelet.conf'])).toMatchObject([{name: 'Role', severity: 'error'}])
  })

  it('may have some of its CAs elsewhere', () => {
    const files = filesOf(`${PKI}/ca.crt`, `${PKI}/ca.key`, `${PKI}/front-proxy-ca.crt`, `${PKI}/etcd/ca.crt`)
    expect(externalAuthorities({files})).toEqual(['front-proxy-ca', 'etcd-ca'])
  })
})
