import {randomBytes} from 'node:crypto'
import {createServer} from 'node:https'
import {issueCa, issueLeaf} from '../../src/certs/issue.ts'
import {makeKey, privateKeyPem} from '../../src/certs/keys.ts'
import type {WantedCertificate} from '../../src/domain/certificates.ts'
import type {SmallRegistry} from './small-registry.ts'

export interface PrivateRegistry {
  readonly url: string
  readonly caPem: string
  readonly asked: readonly string[]
  readonly close: () => Promise<void>
}

const certificate = (changes: Partial<WantedCertificate>): WantedCertificate => ({
  isCa: false,
  commonName: 'registry',
  organisations: [],
  usages: ['serverAuth'],
  sans: {dns: ['registry'], ips: []},
  hours: 24,
  ...changes,
})

/** The same registry by https, with a certificate of an authority that nobody knows. */
export async function privateRegistry(
  address: string,
  registry: Pick<SmallRegistry, 'answer'>,
): Promise<PrivateRegistry> {
  const now = new Date()
  const [caKey, key] = await Promise.all([makeKey('ECDSA-P256'), makeKey('ECDSA-P256')])
  const ca = certificate({isCa: true, commonName: 'an authority of our own', usages: []})
  const caPem = issueCa({wanted: ca, key: caKey, now, random: randomBytes})
  const leaf = certificate({sans: {dns: ['registry'], ips: [address]}})
  const cert = issueLeaf({wanted: leaf, key, now, random: randomBytes}, {certPem: caPem, key: caKey})
  const asked: string[] = []
  const server = createServer({cert, key: privateKeyPem(key)}, (request, response) => {
    asked.push(request.url ?? '')
    registry.answer(request.url ?? '', response)
  })
  await new Promise<void>(resolve => server.listen(0, address, resolve))
  const place = server.address()
  return {
    url: `https://${address}:${typeof place === 'object' && place !== null ? String(place.port) : ''}`,
    caPem,
    asked,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
