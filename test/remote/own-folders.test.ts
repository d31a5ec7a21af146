import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {expect, test} from 'vitest'
import {ownFolders} from '../../src/remote/shell/own-folders.ts'
import {workbenches} from '../resources/shell-runner.ts'

const bench = workbenches()
const API = '/etc/kubernetes/manifests/kube-apiserver.yaml'
const ETCD = '/etc/kubernetes/manifests/etcd.yaml'
const KUBELET = '/var/lib/kubelet/config.yaml'
const USUAL = ['/etc/kubernetes/pki', '/var/lib/etcd']

/** The folders that the script finds on a host with these files. */
function foundWith(files: Readonly<Record<string, string>>, usual?: {readonly pki: string; readonly etcd: string}) {
  const on = bench()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(on.root, path)), {recursive: true})
    writeFileSync(join(on.root, path), text)
  }
  const script = ownFolders(usual).text.replaceAll(/(?<![\w/])\/(etc\/kubernetes|var\/lib\/kubelet)/g, `${on.root}$&`)
  const {code, stdout, stderr} = on.run(`set -u\n${script}\nprintf '%s\\n' "$pki_dir" "$etcd_dir"`)
  expect({code, stderr}).toEqual({code: 0, stderr: ''})
  return stdout.trim().replaceAll(on.root, '').split('\n')
}

const flags = (...lines: readonly string[]): string =>
  ['spec:', '  containers:', '  - command:', ...lines.map(line => `    - ${line}`), ''].join('\n')
const clientCa = (path: string): string => `authentication:\n  x509:\n    clientCAFile: ${path}\n`

test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
  ['a bare host', {}, USUAL],
  [
    'a control plane with the usual folders',
    {[API]: flags('--client-ca-file=/etc/kubernetes/pki/ca.crt'), [ETCD]: flags('--data-dir=/var/lib/etcd')},
    USUAL,
  ],
  [
    'a control plane with folders of its own',
    {[API]: flags('--client-ca-file=/srv/k8s/certs/ca.crt'), [ETCD]: flags('--data-dir=/data/etcd')},
    ['/srv/k8s/certs', '/data/etcd'],
  ],
  [
    'flags in quotes, and folders with blanks',
    {[API]: flags('"--client-ca-file=/srv/my certs/ca.crt"'), [ETCD]: flags("'--data-dir=/data/my etcd'")},
    ['/srv/my certs', '/data/my etcd'],
  ],
  ['a worker with a folder of its own', {[KUBELET]: clientCa('/srv/certs/ca.crt')}, ['/srv/certs', USUAL[1] ?? '']],
  [
    'a worker whose kubelet trusts one more authority',
    {[KUBELET]: clientCa('/srv/certs/ca.crt'), '/etc/kubernetes/pki/ca.crt': 'x'},
    USUAL,
  ],
  ['a file of authorities with another name', {[KUBELET]: clientCa('/srv/bundle.pem')}, USUAL],
  ['a relative path', {[API]: flags('--client-ca-file=certs/ca.crt')}, USUAL],
])('%s', (_, files, folders) => {
  expect(foundWith(files)).toEqual(folders)
})

test('where no file of the host names them, the cluster file does', () => {
  const usual = {pki: '/srv/certs', etcd: '/data/etcd'}

  expect(foundWith({}, usual)).toEqual(['/srv/certs', '/data/etcd'])
  expect(foundWith({[ETCD]: flags('--data-dir=/old/etcd')}, usual)).toEqual(['/srv/certs', '/old/etcd'])
})
