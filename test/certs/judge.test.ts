import {generateKeyPairSync, type KeyObject} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {issueCa, issueLeaf} from '../../src/certs/issue.ts'
import {type CertificateCase, judgeCertificate} from '../../src/certs/judge.ts'
import {publicKeyHash} from '../../src/certs/keys.ts'
import {wantedCertificate} from '../../src/domain/certificates.ts'
import {clusterOf, nodeOf} from '../manifests/cluster.ts'

const newKey = (): KeyObject => generateKeyPairSync('ec', {namedCurve: 'prime256v1'}).privateKey
const [caKey, key, otherKey] = [newKey(), newKey(), newKey()]
const random = (size: number): Uint8Array => new Uint8Array(size).fill(7)
const now = new Date('2026-01-01T00:00:00Z')
const days = (count: number): Date => new Date(now.getTime() + count * 86_400_000)
const node = nodeOf()
const wanted = wantedCertificate('apiserver', clusterOf('v1.37.2'), node)
const wantedCa = wantedCertificate('ca', clusterOf('v1.37.2'), node)
const caPem = issueCa({wanted: wantedCa, key: caKey, now, random})
const otherCaPem = issueCa({wanted: wantedCa, key: otherKey, now, random})
const certPem = issueLeaf({wanted, key, now, random}, {certPem: caPem, key: caKey})

const good: CertificateCase = {certPem, keyPublicHash: publicKeyHash(key), caPem, wanted, now, renewWithinDays: 30}
const verdict = (changes: Partial<CertificateCase>) => judgeCertificate({...good, ...changes}).state

describe('a certificate found on a host', () => {
  it('is kept when nothing is wrong with it', () => {
    expect(verdict({})).toBe('ok')
  })

  it.each<[string, Partial<CertificateCase>]>([
    ['missing', {certPem: undefined}],
    ['unreadable', {certPem: 'half a fi'}],
    [
      'unreadable',
      {
        certPem: `-----BEGIN CERTIFICATE-----\n${Buffer.from('no DER').toString('base64')}\n-----END CERTIFICATE-----\n`,
      },
    ],
    ['not-a-ca', {certPem, wanted: wantedCa, caPem: undefined}],
    ['wrong-ca', {caPem: otherCaPem}],
    ['key-missing', {keyPublicHash: undefined}],
    ['key-mismatch', {keyPublicHash: publicKeyHash(otherKey)}],
    ['not-yet-valid', {now: days(-1)}],
    ['expired', {now: days(365)}],
    ['expires-soon', {now: days(336)}],
    ['san-missing', {wanted: {...wanted, sans: {dns: ['master'], ips: ['10.0.0.7']}}}],
    ['wrong-subject', {wanted: {...wanted, organisations: ['system:masters']}}],
    ['wrong-usage', {wanted: {...wanted, usages: ['clientAuth']}}],
  ])('is judged %s', (state, changes) => {
    expect(verdict(changes)).toBe(state)
  })

  it('is judged by the same addresses however they are spelt', () => {
    const v6 = {...wanted, sans: {dns: [], ips: ['fd00::1']}}
    const pem = issueLeaf({wanted: v6, key, now, random}, {certPem: caPem, key: caKey})

    expect(verdict({certPem: pem, wanted: {...v6, sans: {dns: [], ips: ['FD00:0:0::0001']}}})).toBe('ok')
  })

  it('says which names are missing', () => {
    const changed = judgeCertificate({...good, wanted: {...wanted, sans: {dns: ['new.example'], ips: ['10.0.0.7']}}})

    expect(changed).toEqual({state: 'san-missing', detail: 'it does not name new.example, 10.0.0.7'})
  })

  it('may have more names than asked for', () => {
    expect(verdict({wanted: {...wanted, sans: {dns: ['master'], ips: []}}})).toBe('ok')
  })

  it('is kept as a CA whatever its owner called it', () => {
    const mine = issueCa({wanted: {...wantedCa, commonName: 'my company'}, key: caKey, now, random})

    expect(verdict({certPem: mine, keyPublicHash: publicKeyHash(caKey), caPem: undefined, wanted: wantedCa})).toBe('ok')
  })
})

describe('what is wrong with a certificate', () => {
  const DAY_MS = 86_400_000
  const begins = days(0).getTime() - 5 * 60_000
  const ends = begins + 5 * 60_000 + wanted.hours * 3_600_000

  it.each<[string, Partial<CertificateCase>]>([
    ['the certificate is missing', {certPem: undefined}],
    ['the file contains no readable certificate', {certPem: 'half a fi'}],
    ['it is not a CA certificate', {wanted: wantedCa, caPem: undefined}],
    ['it is a CA certificate, but must not be one', {certPem: caPem}],
    ["it was signed by another 'kubernetes'", {caPem: otherCaPem}],
    ['its private key is missing', {keyPublicHash: undefined}],
    ['its private key file belongs to another certificate', {keyPublicHash: publicKeyHash(otherKey)}],
    ['it is valid only from 2025-12-31T23:55:00.000Z', {now: days(-1)}],
    ['it expired on 2027-01-01T00:00:00.000Z', {now: days(365)}],
    ['it expires in 29 days', {now: days(336)}],
    ["it is for 'kube-apiserver'", {wanted: {...wanted, commonName: 'another'}}],
    ['it cannot be used for clientAuth', {wanted: {...wanted, usages: ['serverAuth', 'clientAuth']}}],
  ])('is said: %s', (detail, changes) => {
    expect(judgeCertificate({...good, ...changes})).toMatchObject({detail})
  })

  it('is nothing at the first and the last moment of its validity', () => {
    expect(verdict({now: new Date(begins - 1000)})).toBe('not-yet-valid')
    expect(verdict({now: new Date(begins)})).toBe('ok')
    expect(verdict({now: new Date(ends - 1), renewWithinDays: 0})).toBe('ok')
    expect(verdict({now: new Date(ends)})).toBe('expired')
  })

  it('is nothing while exactly the days are left that it must have', () => {
    expect(verdict({now: new Date(ends - 30 * DAY_MS)})).toBe('ok')
    expect(verdict({now: new Date(ends - 30 * DAY_MS + 1000)})).toBe('expires-soon')
  })

  it('is its name alone, or one organisation in the place of another', () => {
    const mastered = {...wanted, organisations: ['system:masters']}
    const pem = issueLeaf({wanted: mastered, key, now, random}, {certPem: caPem, key: caKey})

    expect(verdict({wanted: {...wanted, commonName: 'another'}})).toBe('wrong-subject')
    expect(verdict({certPem: pem, wanted: mastered})).toBe('ok')
    expect(judgeCertificate({...good, certPem: pem, wanted: {...wanted, organisations: ['system:nodes']}})).toEqual({
      state: 'wrong-subject',
      detail: "it is for 'kube-apiserver', 'system:masters'",
    })
  })
})
