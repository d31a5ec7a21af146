import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {expect, test} from 'vitest'
import {kubernetesFilesGone} from '../../src/phases/workflows/reset.ts'
import {workbenches, type Workbench} from '../resources/shell-runner.ts'

const bench = workbenches()
const OWN = {certificatesDir: '/srv/certs', etcdDataDir: '/data/etcd'}

const put = (on: Workbench, path: string): void => {
  mkdirSync(dirname(join(on.root, path)), {recursive: true})
  writeFileSync(join(on.root, path), 'x')
}
const moved = (on: Workbench, script: string): string =>
  script.replaceAll(/(?<![\w/.$])\/(srv|data|var\/lib|etc\/kubernetes)/g, `${on.root}$&`)

test('a reset of a cluster with folders of its own removes its files there, and no others', () => {
  const on = bench()
  const ours = [
    '/srv/certs/ca.crt',
    '/srv/certs/ca.key',
    '/srv/certs/etcd/peer.key',
    '/srv/certs/sa.pub',
    '/data/etcd/member/wal/0',
  ]
  const others = ['/srv/certs/web.key', '/srv/certs/etcd/mine.crt', '/data/etcd/notes']
  for (const path of [...ours, ...others]) put(on, path)
  const {remains, clear} = kubernetesFilesGone(OWN)

  expect(on.run(`set -eu\n${moved(on, clear)}`)).toMatchObject({code: 0, stderr: ''})

  expect([...ours, ...others].filter(path => existsSync(join(on.root, path)))).toEqual(others)
  expect(on.run(moved(on, remains)).stdout).toBe('')
})

test('what remains there is named before it is removed', () => {
  const on = bench()
  put(on, '/srv/certs/apiserver.key')
  put(on, '/srv/certs/web.key')
  put(on, '/data/etcd/member/wal/0')

  const lines = on
    .run(moved(on, kubernetesFilesGone(OWN).remains))
    .stdout.replaceAll(on.root, '')
    .trim()
    .split('\n')

  expect(lines).toEqual(['/srv/certs/apiserver.key', '/data/etcd/member/wal', '/data/etcd/member'])
})
