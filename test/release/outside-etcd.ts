import {execFile} from 'node:child_process'
import {readdirSync} from 'node:fs'
import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {promisify} from 'node:util'
import type {TestLab} from '../e2e/test-lab.ts'
import {makeOwnCas, signRequest} from './own-ca.ts'

const run = promisify(execFile)
const BUFFER = {encoding: 'buffer', maxBuffer: 200_000_000} as const

/** Runs etcd with TLS on a machine, as a person would who knows nothing of Kubernetes. The client's files are then in this folder. */
export async function runOutsideEtcd(lab: TestLab, machine: string, folder: string): Promise<void> {
  const address = lab.address(machine)
  await makeOwnCas(folder, ['etcd/ca'])
  for (const name of ['server', 'client']) await makePair(folder, name, address)
  await lab.must(machine, 'sudo tar -xz -C / usr/local/bin/etcd', Readable.from([await etcdLayer(lab.bundleDir)]))
  const {stdout: files} = await run('tar', ['-c', '-C', folder, 'etcd/ca.crt', 'server.crt', 'server.key'], BUFFER)
  await lab.must(machine, 'sudo mkdir /etc/outside && sudo tar -x --no-same-owner -C /etc/outside', Readable.from([files]))
  const flags = [
    ...['--name=outside', '--data-dir=/var/lib/outside', '--client-cert-auth'],
    ...['--cert-file=/etc/outside/server.crt', '--key-file=/etc/outside/server.key'],
    ...['--trusted-ca-file=/etc/outside/etcd/ca.crt', '--listen-client-urls=https://0.0.0.0:2379'],
    `--advertise-client-urls=https://${address}:2379`,
  ]
  await lab.must(machine, `sudo systemd-run --unit=outside /usr/local/bin/etcd ${flags.join(' ')}`)
}

/** The layer with the program, out of the image in the bundle. */
async function etcdLayer(bundleDir: string): Promise<Buffer> {
  const name = readdirSync(join(bundleDir, 'images')).find(file => file.startsWith('etcd_')) ?? ''
  const archive = join(bundleDir, 'images', name)
  const {stdout} = await run('tar', ['-tzf', archive])
  const layers = stdout.split('\n').filter(entry => entry.endsWith('.tar.gz'))
  const {stdout: layer} = await run('tar', ['-xzOf', archive, layers.at(-1) ?? ''], BUFFER)
  return layer
}

async function makePair(folder: string, name: string, address: string): Promise<void> {
  await mkdir(folder, {recursive: true})
  const path = join(folder, name)
  await run('openssl', [
    ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`],
    ...['-addext', `subjectAltName=IP:${address},IP:127.0.0.1`],
    ...['-addext', 'extendedKeyUsage=serverAuth,clientAuth', '-keyout', `${path}.key`, '-out', `${path}.csr`],
  ])
  await signRequest(folder, 'etcd/ca', `${path}.csr`, `${path}.crt`)
}
