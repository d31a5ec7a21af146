import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {kubeletServer} from '../../src/phases/shared/kubelet-server.ts'
import {workbenches} from '../resources/shell-runner.ts'

const bench = workbenches()

test.each([
  ['https://10.0.0.99:6443', 'https://10.0.0.1:6443'],
  ['"https://old.example.org:443"', 'https://[fd00::1]:6443'],
])('a kubelet that looks for the API at %s is sent to %s', (found, server) => {
  const on = bench()
  const file = `${on.root}/etc/kubernetes/kubelet.conf`
  mkdirSync(`${on.root}/etc/kubernetes`, {recursive: true})
  const conf = (at: string): string =>
    `clusters:\n- cluster:\n    certificate-authority-data: QQ==\n    server: ${at}\n  name: x\n`
  on.stub('systemctl')
  const {remains, clear} = kubeletServer(server)
  const here = (script: string): string => script.replaceAll('/etc/kubernetes', `${on.root}/etc/kubernetes`)

  expect(on.run(here(remains)).stdout).toBe('')
  writeFileSync(file, conf(found))
  expect(on.run(here(remains)).stdout).toContain(found.replaceAll('"', ''))
  expect(on.run(`set -eu\n${here(clear)}`).code).toBe(0)
  expect(readFileSync(file, 'utf8')).toBe(conf(server))
  expect(on.run(here(remains)).stdout).toBe('')
})
