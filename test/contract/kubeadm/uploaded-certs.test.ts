import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {parseAllDocuments, stringify} from 'yaml'
import {sharedFiles} from '../../../src/domain/shared-certs.ts'
import {isObject, objectAt, parseJson, textAt, textsAt, type ApiObject} from '../../../src/kube/json.ts'
import {openCerts, uploadCerts} from '../../../src/kube/uploaded-certs.ts'
import type {Asked} from '../../kube/fake-api.ts'
import {served} from '../../kube/served.ts'
import {realKubeadm} from './real-kubeadm.ts'

const KEY = '00112233445566778899aabbccddeeff'.repeat(2)
const kubeadm = realKubeadm() ?? ''

/** What `kubeadm init phase upload-certs` would create, and the files that it read. */
interface Uploaded {
  readonly objects: readonly ApiObject[]
  readonly pki: string
}

function uploadedBy(program: string, folder: string): Uploaded {
  const pki = join(folder, 'pki')
  mkdirSync(join(pki, 'etcd'), {recursive: true})
  for (const {entry, path} of sharedFiles({kubeadm: {certificatesDir: pki}})) writeFileSync(path, `text of ${entry}\n`)
  const head = {apiVersion: 'kubeadm.k8s.io/v1beta4'}
  const documents = [
    {...head, kind: 'ClusterConfiguration', kubernetesVersion: 'v1.37.2', certificatesDir: pki},
    {...head, kind: 'InitConfiguration', certificateKey: KEY},
  ]
  writeFileSync(join(folder, 'kubeadm.yaml'), documents.map(document => stringify(document)).join('---\n'))
  const admin = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{name: 'demo', cluster: {server: 'https://127.0.0.1:1'}}],
    users: [{name: 'admin', user: {token: 'of-the-test'}}],
    contexts: [{name: 'demo', context: {cluster: 'demo', user: 'admin'}}],
    'current-context': 'demo',
  }
  writeFileSync(join(folder, 'admin.conf'), stringify(admin))
  const args = ['init', 'phase', 'upload-certs', '--upload-certs', '--dry-run', '--config']
  const env = {...process.env, KUBEADM_INIT_DRYRUN_DIR: folder}
  const said = execFileSync(program, [...args, join(folder, 'kubeadm.yaml')], {encoding: 'utf8', env, stdio: 'pipe'})
  const yaml = said.split('\n').filter(line => !/^\[|^[0-9a-f]{64}$/.test(line))
  const documentsOf = yaml.join('\n').replaceAll(/^(?=apiVersion: )/gm, '---\n')
  return {pki, objects: parseAllDocuments(documentsOf).flatMap(one => objectIn(one.toJS()))}
}

const objectIn = (value: unknown): readonly ApiObject[] => (isObject(value) && 'kind' in value ? [value] : [])

function named(objects: readonly ApiObject[], kind: string, name: RegExp): ApiObject {
  const found = objects.find(one => one['kind'] === kind && name.test(textAt(one, 'metadata', 'name') ?? ''))
  if (found === undefined) throw new Error(`there is no ${kind} ${String(name)}`)
  return found
}

describe('the certificates that the real kubeadm uploads', () => {
  const {start} = served()
  let folder = ''
  let theirs: Uploaded
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kadm-upload-'))
    theirs = uploadedBy(kubeadm, folder)
  })
  afterAll(() => rmSync(folder, {recursive: true}))

  test('are opened with its key, and only with its key', () => {
    const files = sharedFiles({kubeadm: {certificatesDir: theirs.pki}})
    const data = textsAt(named(theirs.objects, 'Secret', /^kubeadm-certs$/), 'data')

    expect(Object.keys(data).toSorted()).toEqual(files.map(({entry}) => entry).toSorted())
    const opened = openCerts(data, files, Buffer.from(KEY, 'hex'))
    expect(Object.fromEntries(opened)).toEqual(
      Object.fromEntries(files.map(({entry}) => [entry, `text of ${entry}\n`])),
    )
    expect(() => openCerts(data, files, Buffer.alloc(32))).toThrow('does not open ca.crt')
  })

  test('have the form of those that kadm uploads: token, owner, entries and rights', async () => {
    const {api, server} = await start(({method, body}) => ({
      status: method === 'POST' ? 201 : 200,
      json: {...objectAt(parseJson(body)), metadata: {...objectAt(parseJson(body), 'metadata'), uid: ''}},
    }))
    const files = new Map(sharedFiles({}).map(({entry}) => [entry, `text of ${entry}\n`]))
    await uploadCerts(api, {files, certificateKey: KEY, now: Date.now(), random: randomBytes})

    const ours = server.asked.flatMap(({body}: Asked) => objectIn(parseJson(body)))
    expect(formOf(ours)).toEqual(formOf(theirs.objects))
  })
})

/** What must be equal: everything but random and encrypted values. */
function formOf(objects: readonly ApiObject[]): object {
  const token = named(objects, 'Secret', /^bootstrap-token-/)
  const secret = named(objects, 'Secret', /^kubeadm-certs$/)
  const plain = textsAt(token, 'stringData')
  const decoded = Object.entries(textsAt(token, 'data')).map(([key, value]) => [key, atob(value)])
  const values = {...plain, ...(Object.fromEntries(decoded) as Readonly<Record<string, string>>)}
  const owner = textAt(token, 'metadata', 'name') ?? ''
  const sizes = Object.entries(textsAt(secret, 'data')).map(([entry, value]) => [entry, atob(value).length])
  const subjects = named(objects, 'RoleBinding', /./)['subjects']
  return {
    token: {...values, 'token-id': '', 'token-secret': '', expiration: values['expiration']?.length},
    type: token['type'],
    metadata: JSON.parse(JSON.stringify(secret['metadata']).replaceAll(owner, 'OWNER')) as unknown,
    sizes: Object.fromEntries(sizes) as unknown,
    role: named(objects, 'Role', /./),
    roleRef: named(objects, 'RoleBinding', /./)['roleRef'],
    groups: (Array.isArray(subjects) ? subjects : []).map(one => [textAt(one, 'kind'), textAt(one, 'name')]),
  }
}
