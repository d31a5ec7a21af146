import {describe, expect, it} from 'vitest'
import type {Role} from '../../src/domain/cluster.ts'
import type {FileFacts} from '../../src/domain/facts.ts'
import {initialControlPlaneOf} from '../../src/engine/cluster/initial-control-plane.ts'
import {sampleFacts, sampleSpec} from '../phases/preflight/sample.ts'

type State = 'bare' | 'begun' | 'stopped' | 'running'

const file: FileFacts = {type: 'file', mode: '0600', owner: 'root:root', size: 1, sha256: undefined}
const CA_KEY = '/etc/kubernetes/pki/ca.key'
const API = '/etc/kubernetes/manifests/kube-apiserver.yaml'

const host = (name: string, state: State, {role = 'control-plane', ca = 'a'}: {role?: Role; ca?: string} = {}) => ({
  spec: sampleSpec({name, role}),
  host: {name},
  gathered: {
    facts: sampleFacts(10, {
      clusterCaHash: state === 'bare' ? undefined : ca.repeat(64),
      files: state === 'bare' ? {} : state === 'begun' ? {[CA_KEY]: file} : {[CA_KEY]: file, [API]: file},
      listening: state === 'running' ? [{port: 6443, address: '::', process: 'kube-apiserver'}] : [],
    }),
  },
})

const chosen = (...hosts: readonly ReturnType<typeof host>[]): string | undefined =>
  initialControlPlaneOf(hosts)?.host.name

describe('the initial control plane', () => {
  it('is the first of the file where none has begun', () => {
    expect(chosen(host('w', 'bare', {role: 'worker'}), host('cp-1', 'bare'), host('cp-2', 'bare'))).toBe('cp-1')
  })

  it('is one that runs, before one that is down, before one that was interrupted, before a bare one', () => {
    const [bare, begun, stopped, running] = [
      host('bare', 'bare'),
      host('begun', 'begun'),
      host('stopped', 'stopped'),
      host('running', 'running'),
    ]
    expect(chosen(bare, begun, stopped, running)).toBe('running')
    expect(chosen(bare, begun, stopped)).toBe('stopped')
    expect(chosen(bare, begun)).toBe('begun')
  })

  it('is the one that has the data of a snapshot, while a restore has not ended', () => {
    const restored = host('restored', 'begun')
    const restore = {snapshot: 'ab'.repeat(32), stage: 'restored'} as const
    const facts = {...restored.gathered.facts, restore}
    expect(chosen(host('running', 'running'), {...restored, gathered: {facts}})).toBe('restored')
  })

  it('is the one that created the cluster, where several run', () => {
    const founder = host('cp-2', 'running')
    const {facts} = founder.gathered
    const files = {...facts.files, '/etc/kubernetes/super-admin.conf': file}
    const second = {...founder, gathered: {facts: {...facts, files}}}
    expect(chosen(host('cp-1', 'running'), second, host('cp-3', 'running'))).toBe('cp-2')
  })

  it('is the one with the certificate of a CA whose key is kept elsewhere, before a bare one', () => {
    const begun = host('cp-2', 'begun')
    const facts = {...begun.gathered.facts, files: {[CA_KEY.replace('key', 'crt')]: file}}
    expect(chosen(host('cp-1', 'bare'), {...begun, gathered: {facts}})).toBe('cp-2')
  })

  it('is the first of two in the same state', () => {
    expect(chosen(host('cp-1', 'running'), host('cp-2', 'running'))).toBe('cp-1')
  })

  it('is never a worker, whatever runs there', () => {
    expect(chosen(host('w', 'running', {role: 'worker'}), host('cp-1', 'bare'))).toBe('cp-1')
    expect(chosen(host('w', 'running', {role: 'worker'}))).toBeUndefined()
  })

  it.each([
    ['bare', ['cp-1']],
    ['begun', ['cp-1', 'cp-3']],
  ] as const)('is never a %s one while one that is skipped may have the cluster', (state, skipped) => {
    expect(() => initialControlPlaneOf([host('cp-2', state)], skipped)).toThrow(
      `${skipped.join(', ')}, which kadm cannot reach`,
    )
    expect(initialControlPlaneOf([host('cp-2', state), host('cp-4', 'stopped')], skipped)?.host.name).toBe('cp-4')
  })

  it('does not exist for the control planes of two clusters', () => {
    const two = () => chosen(host('cp-1', 'running', {ca: 'a'}), host('cp-2', 'begun', {ca: 'b'}))
    expect(two).toThrow(
      expect.objectContaining({
        code: 'preflight',
        message: 'the control planes of the file belong to different clusters',
        evidence: 'cp-1: CA sha256:aaaaaaaaaaaa…\ncp-2: CA sha256:bbbbbbbbbbbb…',
      }),
    )
  })
})
