import {generateKeyPairSync, X509Certificate} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {decode, items, oidOf} from '../../src/certs/der.ts'
import {caPin, inspect} from '../../src/certs/inspect.ts'
import {isIssuedBy, issueCa, issueLeaf} from '../../src/certs/issue.ts'
import {makeKey, parsePrivateKey, privateKeyPem, publicKeyHash, publicKeyPem} from '../../src/certs/keys.ts'
import type {CertificateName} from '../../src/domain/certificates.ts'
import {wantedCertificate} from '../../src/domain/certificates.ts'
import {wantedKubeconfigCertificate} from '../../src/domain/kubeconfig-specs.ts'
import {clusterOf, nodeOf} from '../manifests/cluster.ts'

// Made by a real kubeadm v1.37.2 for the cluster of clusterOf(); its CA key is nobody's.
const real = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'golden/real-kubeadm-v1.37.2', name), 'utf8')
const ca = {certPem: real('ca.crt'), key: parsePrivateKey(real('ca.key'))}

const cluster = clusterOf('v1.37.2')
const node = nodeOf()
const now = new Date('2026-11-24T05:42:51Z')
const random = (size: number): Uint8Array => new Uint8Array(size).fill(0x5a)
const serialOf = (pem: string) => (): Uint8Array => Buffer.from(new X509Certificate(pem).serialNumber, 'hex')

describe('a certificate', () => {
  it('of the CA is byte for byte what the real kubeadm makes', () => {
    const wanted = wantedCertificate('ca', cluster, node)

    expect(issueCa({wanted, key: ca.key, now, random: serialOf(ca.certPem)})).toBe(ca.certPem)
  })

  it.each(['apiserver', 'apiserver-kubelet-client'] as const)(
    '%s is byte for byte what the real kubeadm makes',
    name => {
      const theirs = real(`${name}.crt`)
      const key = new X509Certificate(theirs).publicKey
      const issuing = {wanted: wantedCertificate(name, cluster, node), key, now, random: serialOf(theirs)}

      expect(issueLeaf(issuing, ca)).toBe(theirs)
    },
  )

  it.each(['ECDSA-P256', 'ECDSA-P384'] as const)(
    'with %s keys is signed so that the CA vouches for it',
    async algorithm => {
      const [caKey, key] = [await makeKey(algorithm), await makeKey(algorithm)]
      const certPem = issueCa({wanted: wantedCertificate('etcd-ca', cluster, node), key: caKey, now, random})

      const leaf = issueLeaf(
        {wanted: wantedCertificate('etcd-peer', cluster, node), key, now, random},
        {certPem, key: caKey},
      )

      expect(isIssuedBy(leaf, certPem)).toBe(true)
      expect(isIssuedBy(leaf, ca.certPem)).toBe(false)
      expect(inspect(leaf).publicKeyHash).toBe(publicKeyHash(key))
    },
  )

  it('in a kubeconfig is valid since its CA is', () => {
    const wanted = wantedKubeconfigCertificate('admin', cluster, node)
    const later = new Date('2027-01-01T00:00:00Z')

    const info = inspect(issueLeaf({wanted, key: ca.key, now: later, random}, ca, {notBefore: 'ca'}))

    expect(info).toMatchObject({
      commonName: 'kubernetes-admin',
      organisations: ['kubeadm:cluster-admins'],
      usages: ['clientAuth'],
      notBefore: new Date('2026-11-24T05:37:51Z'),
      notAfter: new Date('2028-01-01T00:00:00Z'),
    })
  })

  it('that outlives the year 2049 has a date that is read back right', () => {
    const wanted = {...wantedCertificate('ca', cluster, node), hours: 30 * 8766}

    expect(inspect(issueCa({wanted, key: ca.key, now, random})).notAfter).toEqual(new Date('2056-11-23T17:42:51Z'))
  })

  it('keeps letters beyond ASCII and several organisations', () => {
    const wanted = {
      ...wantedKubeconfigCertificate('admin', cluster, node),
      commonName: 'Jörg',
      organisations: ['ops', 'dev'],
    }

    expect(inspect(issueLeaf({wanted, key: ca.key, now, random}, ca))).toMatchObject({
      commonName: 'Jörg',
      organisations: ['ops', 'dev'],
    })
  })

  it('never has a serial number of zero or a negative one', () => {
    const wanted = wantedCertificate('ca', cluster, node)
    const serial = (byte: number): string =>
      inspect(issueCa({wanted, key: ca.key, now, random: size => new Uint8Array(size).fill(byte)})).serial

    expect(serial(0)).toBe('0100000000000000')
    expect(serial(0xff)).toBe('7fffffffffffffff')
  })

  it('is refused when the CA key belongs to another CA', async () => {
    const wanted = wantedCertificate('apiserver', cluster, node)
    const other = await makeKey('RSA-2048')

    expect(() => issueLeaf({wanted, key: other, now, random}, {certPem: ca.certPem, key: other})).toThrow(
      "the CA's key does not belong to its certificate",
    )
  })
})

describe('a certificate of the real kubeadm', () => {
  it('is read in full', () => {
    expect(inspect(real('etcd-server.crt'))).toMatchObject({
      commonName: 'master',
      organisations: [],
      issuerCommonName: 'etcd-ca',
      dns: ['localhost', 'master'],
      ips: ['192.168.56.10', '127.0.0.1', '::1'],
      usages: ['serverAuth', 'clientAuth'],
      isCa: false,
    })
  })

  it('has the pin that kubeadm prints in its join command', () => {
    expect(caPin(ca.certPem)).toBe('sha256:21ee4de0670717830915734589d82eeccc413d9ae32ec4924023cd997c9253b7')
  })
})

describe('the table', () => {
  const versions: readonly (readonly [string, readonly string[]])[] = [
    ['v1.35.4', ['kubeadm:cluster-admins']],
    ['v1.36.3', []],
    ['v1.37.2', []],
  ]

  it.each(versions)('gives the kubelet client of %s its organisations', (version, organisations) => {
    expect(wantedCertificate('apiserver-kubelet-client', clusterOf(version), node).organisations).toEqual(organisations)
  })

  it('names the control-plane endpoint and the user’s names in the API server’s certificate', () => {
    const wide = {
      ...cluster,
      controlPlaneEndpoint: '[fd00::1]:443',
      pki: {...cluster.pki, apiServerSans: ['API.Example.org', '10.0.0.9', 'master']},
    }

    expect(wantedCertificate('apiserver', wide, node).sans).toEqual({
      dns: [
        'api.example.org',
        'kubernetes',
        'kubernetes.default',
        'kubernetes.default.svc',
        'kubernetes.default.svc.cluster.local',
        'master',
      ],
      ips: ['10.96.0.1', '192.168.56.10', 'fd00::1', '10.0.0.9'],
    })
  })

  it('gives CAs their own and leaves their own lifetime', () => {
    const hours = (name: CertificateName): number => wantedCertificate(name, cluster, node).hours

    expect(hours('etcd-ca')).toBe(87600)
    expect(hours('etcd-server')).toBe(8760)
  })
})

describe('keys', () => {
  it('are written as kubeadm writes them and read back', async () => {
    const [rsa, ec] = [ca.key, await makeKey('ECDSA-P256')]

    expect(privateKeyPem(rsa)).toBe(real('ca.key'))
    expect(privateKeyPem(ec)).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/)
    expect(publicKeyPem(ec)).toMatch(/^-----BEGIN PUBLIC KEY-----\n/)
    expect(publicKeyHash(parsePrivateKey(privateKeyPem(ec)))).toBe(publicKeyHash(ec))
  })

  it('that are damaged are refused without showing them', () => {
    expect(() => parsePrivateKey('-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----')).toThrow(
      'a private key cannot be read',
    )
  })
})

describe('what cannot be used', () => {
  it.each(['ed25519', 'x25519'] as const)('a key of type %s is refused, because kubeadm uses RSA and ECDSA', type => {
    const pem = generateKeyPairSync(type as 'ed25519')
      .privateKey.export({type: 'pkcs8', format: 'pem'})
      .toString()

    expect(() => parsePrivateKey(pem)).toThrow(
      expect.objectContaining({
        code: 'config',
        message: `a private key of type ${type} is not supported`,
        hint: 'use an RSA or ECDSA key',
      }),
    )
  })

  it('a text without a certificate is refused with what to do, and is issued by nobody', () => {
    for (const text of ['', 'not PEM', real('ca.key')]) {
      expect(() => inspect(text)).toThrow(
        expect.objectContaining({
          code: 'config',
          message: 'a certificate cannot be read',
          hint: 'restore the file, or remove it together with its key; kadm then creates both again',
        }),
      )
      expect(isIssuedBy(text, ca.certPem)).toBe(false)
      expect(isIssuedBy(ca.certPem, text)).toBe(false)
    }
  })

  it('a damaged private key is refused with what to do', () => {
    expect(() => parsePrivateKey('-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n')).toThrow(
      expect.objectContaining({
        code: 'config',
        message: 'a private key cannot be read',
        hint: 'restore the key file, or remove it together with its certificate; kadm then creates both again',
      }),
    )
  })
})

describe('a signature', () => {
  it.each([
    ['ECDSA-P256', '1.2.840.10045.4.3.2'],
    ['ECDSA-P384', '1.2.840.10045.4.3.3'],
  ] as const)('of an %s key uses the hash of its strength', async (algorithm, expected) => {
    const key = await makeKey(algorithm)
    const pem = issueCa({wanted: wantedCertificate('ca', cluster, node), key, now, random})
    const [, signatureAlgorithm] = items(decode(new X509Certificate(pem).raw))

    expect(oidOf(items(signatureAlgorithm)[0])).toBe(expected)
  })

  it('of a leaf begins five minutes ago, not when its CA began', () => {
    const later = new Date('2027-01-01T00:00:00Z')
    const key = new X509Certificate(real('apiserver.crt')).publicKey

    const leaf = issueLeaf({wanted: wantedCertificate('apiserver', cluster, node), key, now: later, random}, ca)

    expect(inspect(leaf).notBefore).toEqual(new Date('2026-12-31T23:55:00Z'))
  })
})
