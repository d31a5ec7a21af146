import {execFile} from 'node:child_process'
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {parse, stringify} from 'yaml'

const run = promisify(execFile)

/** The CAs that a person keeps on the laptop, by the place of their certificate below the folder of the certificates. */
export const OWN_CAS = ['ca', 'etcd/ca', 'front-proxy-ca'] as const
type OwnCa = (typeof OWN_CAS)[number]

/** Makes CAs with openssl: `ca.crt` and `ca.key` and so on, in this folder. */
export async function makeOwnCas(folder: string, names: readonly OwnCa[] = OWN_CAS): Promise<void> {
  await mkdir(join(folder, 'etcd'), {recursive: true})
  for (const name of names) {
    const subject = `/O=Example/CN=${name.replace('/', ' ')}`
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650'],
      ...['-subj', subject, '-addext', 'keyUsage=critical,keyCertSign,digitalSignature'],
      ...['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)],
    ])
  }
}

/** Signs a request as it is: with the names and usages that it asks for. */
export const signRequest = (cas: string, ca: OwnCa, csr: string, crt: string): Promise<unknown> =>
  run('openssl', [
    ...['x509', '-req', '-in', csr, '-days', '365', '-copy_extensions', 'copy', '-CAcreateserial'],
    ...['-CA', join(cas, `${ca}.crt`), '-CAkey', join(cas, `${ca}.key`), '-out', crt],
  ])

/** Signs all requests of a folder that `kadm certs csr` wrote. The certificates come beside the keys and into the kubeconfigs. */
export async function signAll(cas: string, requests: string): Promise<void> {
  const files = await readdir(requests, {recursive: true})
  for (const file of files.filter(name => name.endsWith('.csr'))) {
    const csr = join(requests, file)
    if (!file.endsWith('.conf.csr')) {
      await signRequest(cas, signerOf(file), csr, csr.replace(/csr$/, 'crt'))
      continue
    }
    const [conf, crt] = [csr.replace(/\.csr$/, ''), csr.replace(/csr$/, 'crt')]
    await signRequest(cas, 'ca', csr, crt)
    await completeKubeconfig(conf, await readFile(crt), await readFile(join(cas, 'ca.crt')))
  }
}

const signerOf = (file: string): OwnCa => {
  if (file.includes('/etcd/') || file.includes('etcd-client')) return 'etcd/ca'
  return file.includes('front-proxy') ? 'front-proxy-ca' : 'ca'
}

interface Kubeconfig {
  readonly clusters: readonly {readonly cluster: Record<string, string>}[]
  readonly users: readonly {readonly user: Record<string, string>}[]
}

async function completeKubeconfig(path: string, certificate: Buffer, ca: Buffer): Promise<void> {
  const document = parse(await readFile(path, 'utf8')) as Kubeconfig
  for (const {cluster} of document.clusters) cluster['certificate-authority-data'] = ca.toString('base64')
  for (const {user} of document.users) user['client-certificate-data'] = certificate.toString('base64')
  await writeFile(path, stringify(document))
}
