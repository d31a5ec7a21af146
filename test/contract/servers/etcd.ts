import {spawn, type ChildProcess} from 'node:child_process'
import {createPrivateKey, randomBytes} from 'node:crypto'
import {mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import {connect, createServer} from 'node:net'
import {join} from 'node:path'
import {issueCa, issueLeaf} from '../../../src/certs/issue.ts'
import {makeKey, privateKeyPem} from '../../../src/certs/keys.ts'
import {wantedCertificate, type CertificateName} from '../../../src/domain/certificates.ts'
import type {Cluster, Node} from '../../../src/domain/cluster.ts'
import type {Forward} from '../../../src/kube/connection.ts'
import type {EtcdCredentials, EtcdEndpoint} from '../../../src/kube/etcd/gateway.ts'
import {cacheDir} from '../../../src/lab/image/cache.ts'
import {newFolder} from '../folder.ts'

/** Programs of etcd on loopback, with certificates as kadm issues them. */
export interface EtcdScene {
  readonly credentials: EtcdCredentials
  /** Starts a member; `cluster` is its --initial-cluster. Resolves when it listens. */
  readonly start: (name: string, cluster?: readonly string[]) => Promise<EtcdServer>
  /** `name=peerUrl` of a member, before it is started. */
  readonly peerOf: (name: string) => Promise<string>
  readonly stop: () => Promise<void>
}

export interface EtcdServer {
  readonly endpoint: EtcdEndpoint
  readonly peerUrl: string
  readonly stop: () => Promise<void>
}

/** The program of etcd that the lab has built; undefined where it has not. */
export function etcdProgram(): string | undefined {
  const programs = join(cacheDir(), 'programs')
  try {
    const folder = readdirSync(programs).find(name => name.startsWith('etcd-v'))
    return folder === undefined ? undefined : join(programs, folder, 'etcd')
  } catch {
    return undefined
  }
}

const forward: Forward = (host, port) =>
  new Promise((resolve, reject) => {
    const socket = connect({host, port})
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no free port')),
      )
    })
  })

/** Certificates of one cluster in `dir`, and members of it on request. */
export async function etcdScene(program: string, cluster: Cluster, node: Node): Promise<EtcdScene> {
  const dir = newFolder('etcd')
  const now = new Date()
  const issue = async (name: CertificateName, ca?: {readonly certPem: string; readonly keyPem: string}) => {
    const key = await makeKey('ECDSA-P256')
    const issuing = {wanted: wantedCertificate(name, cluster, node), key, now, random: randomBytes}
    const certPem =
      ca === undefined ? issueCa(issuing) : issueLeaf(issuing, {certPem: ca.certPem, key: createPrivateKey(ca.keyPem)})
    const pair = {certPem, keyPem: privateKeyPem(key)}
    writeFileSync(join(dir, `${name}.crt`), pair.certPem)
    writeFileSync(join(dir, `${name}.key`), pair.keyPem, {mode: 0o600})
    return pair
  }
  const ca = await issue('etcd-ca')
  await Promise.all([issue('etcd-server', ca), issue('etcd-peer', ca)])
  const client = await issue('etcd-healthcheck-client', ca)
  const peers = new Map<string, number>()
  const peerUrlOf = async (name: string): Promise<string> => {
    const port = peers.get(name) ?? (await freePort())
    peers.set(name, port)
    return `https://127.0.0.1:${String(port)}`
  }
  const running: EtcdServer[] = []
  return {
    credentials: {ca: ca.certPem, cert: client.certPem, key: client.keyPem},
    peerOf: async name => `${name}=${await peerUrlOf(name)}`,
    start: async (name, members) => {
      const [peerUrl, port] = await Promise.all([peerUrlOf(name), freePort()])
      const child = spawnMember(program, {dir, name, peerUrl, port, members})
      const server = {
        endpoint: {name, host: '127.0.0.1', port, forward},
        peerUrl,
        stop: () => ended(child),
      }
      running.push(server)
      await listens(child, port)
      return server
    },
    stop: async () => {
      await Promise.all(running.map(server => server.stop()))
    },
  }
}

interface MemberOptions {
  readonly dir: string
  readonly name: string
  readonly peerUrl: string
  readonly port: number
  readonly members: readonly string[] | undefined
}

function spawnMember(program: string, {dir, name, peerUrl, port, members}: MemberOptions): ChildProcess {
  const url = `https://127.0.0.1:${String(port)}`
  const data = join(dir, `${name}-data`)
  mkdirSync(data, {recursive: true, mode: 0o700})
  const file = (of: string): string => join(dir, of)
  return spawn(
    program,
    [
      `--name=${name}`,
      `--data-dir=${data}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=${(members ?? [`${name}=${peerUrl}`]).join(',')}`,
      ...(members === undefined ? [] : ['--initial-cluster-state=existing']),
      `--cert-file=${file('etcd-server.crt')}`,
      `--key-file=${file('etcd-server.key')}`,
      `--trusted-ca-file=${file('etcd-ca.crt')}`,
      '--client-cert-auth=true',
      `--peer-cert-file=${file('etcd-peer.crt')}`,
      `--peer-key-file=${file('etcd-peer.key')}`,
      `--peer-trusted-ca-file=${file('etcd-ca.crt')}`,
      '--peer-client-cert-auth=true',
      '--log-level=error',
    ],
    {stdio: 'ignore'},
  )
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise(resolve => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve()
      return
    }
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })

async function listens(child: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`etcd ended with ${String(child.exitCode)}`)
    try {
      const socket = await forward('127.0.0.1', port)
      socket.destroy()
      return
    } catch {
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }
  throw new Error('etcd does not listen')
}
