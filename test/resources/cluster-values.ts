import {randomBytes} from 'node:crypto'
import {issueCa} from '../../src/certs/issue.ts'
import {makeKey, privateKeyPem} from '../../src/certs/keys.ts'
import type {CaName} from '../../src/domain/certificates.ts'
import {wantedCertificate} from '../../src/domain/certificates.ts'
import type {KeyAlgorithm} from '../../src/domain/cluster.ts'
import {runValues} from '../../src/engine/cluster/run-values.ts'
import type {KeyPair, Values} from '../../src/resources/core/values.ts'
import {sampleNode} from '../engine/sample-run.ts'
import {sampleCluster} from '../phases/preflight/sample.ts'

export const cluster = sampleCluster()
export const node = sampleNode('master', 'control-plane')
export const START = new Date('2026-06-01T00:00:00Z')
export const laterBy = (hours: number): Date => new Date(START.getTime() + hours * 3_600_000)

/** An authority as another run, or another cluster, made it. */
export async function anAuthority({
  name = 'ca',
  algorithm = 'ECDSA-P256',
  now = START,
}: {name?: CaName; algorithm?: KeyAlgorithm; now?: Date} = {}): Promise<KeyPair> {
  const key = await makeKey(algorithm)
  const wanted = wantedCertificate(name, cluster, node)
  return {certPem: issueCa({wanted, key, now, random: randomBytes}), keyPem: privateKeyPem(key)}
}

interface ValueOptions {
  readonly authority?: KeyPair
  readonly token?: string
  readonly now?: Date
  /** The files of a control plane, by their entries. */
  readonly shared?: ReadonlyMap<string, string>
}

/** The values of one run; what it did not make itself it has from these. */
export const valuesOf = (options: ValueOptions = {}): Values => {
  const {authority, token, shared, now = START} = options
  const none = (what: string) => Promise.reject(new Error(`there is no ${what} in this test`))
  return runValues({
    readAuthority: () => (authority === undefined ? none('authority') : Promise.resolve(authority)),
    readClusterCa: () => (authority === undefined ? none('authority') : Promise.resolve(authority.certPem)),
    readSharedFile: ({entry}) => {
      const text = shared?.get(entry)
      return text === undefined ? none(entry) : Promise.resolve(text)
    },
    createToken: () => (token === undefined ? none('token') : Promise.resolve(token)),
    releaseHash: () => none('release'),
    makeKey,
    random: randomBytes,
    now,
  })
}
