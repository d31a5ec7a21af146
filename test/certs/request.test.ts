import {execFileSync} from 'node:child_process'
import {describe, expect, it} from 'vitest'
import {makeKey, publicKeyPem} from '../../src/certs/keys.ts'
import {certificateRequest} from '../../src/certs/request.ts'
import type {KeyAlgorithm} from '../../src/domain/cluster.ts'

const wanted = {
  isCa: false,
  commonName: 'system:node:cp-1',
  organisations: ['system:nodes'],
  usages: ['serverAuth', 'clientAuth'],
  sans: {dns: ['cp-1', 'kubernetes'], ips: ['10.0.0.1', 'fd00::1']},
  hours: 8760,
} as const

const openssl = (input: string, ...args: readonly string[]): string =>
  execFileSync('openssl', ['req', ...args], {input, stdio: ['pipe', 'pipe', 'pipe']}).toString()

describe('a request for a certificate', () => {
  it.each<KeyAlgorithm>(['RSA-2048', 'ECDSA-P256', 'ECDSA-P384'])(
    'is one that openssl verifies (%s)',
    async algorithm => {
      const key = await makeKey(algorithm)
      const pem = certificateRequest(wanted, key)

      expect(openssl(pem, '-verify', '-noout', '-pubkey').trim()).toBe(publicKeyPem(key).trim())
      const text = openssl(pem, '-noout', '-text')
      expect(text).toMatch(/Subject: O ?= ?system:nodes, CN ?= ?system:node:cp-1/)
      expect(text).toContain('DNS:cp-1, DNS:kubernetes, IP Address:10.0.0.1, IP Address:FD00:0:0:0:0:0:0:1')
      expect(text).toContain('TLS Web Server Authentication, TLS Web Client Authentication')
      expect(text).toContain('Digital Signature, Key Encipherment')
    },
  )
})
