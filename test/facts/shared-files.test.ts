import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {filesSection} from '../../src/facts/gather/files.ts'
import {fixedSection} from '../../src/facts/gather/fixed-paths.ts'
import type {Section} from '../../src/facts/section.ts'
import * as shared from '../../src/facts/gather/shared-files.ts'
import {listeningSection} from '../../src/facts/gather/sockets.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kadm-shared-'))
})
afterEach(() => {
  rmSync(root, {recursive: true})
})

const write = (path: string, text = ''): void => {
  mkdirSync(dirname(join(root, path)), {recursive: true})
  writeFileSync(join(root, path), text)
}

/** Runs the real script on the files of this test instead of the machine's. */
function gathered<T>(section: Section<T>): T {
  const script = section.script.text.replaceAll(/(?<![\w/\]])\/(etc|run|usr|lib)\//g, `${root}/$1/`)
  const output = execFileSync('sh', ['-s'], {
    input: `${script}\n:`,
    encoding: 'utf8',
    timeout: 20_000,
    maxBuffer: 2 ** 24,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  return section.parse(output.replaceAll(root, ''))
}

test('settings are read with the names of all files, also empty ones and links to nothing', () => {
  write('/etc/sysctl.d/zz hardening.conf', '# net.ipv4.ip_forward = 1\n  net.ipv4.ip_forward = 0\nkernel.panic = 10\n')
  write('/usr/lib/sysctl.d/50-default.conf', '-net.ipv4.conf.all.forwarding\nnet.bridge.bridge-nf-call-iptables=0')
  write('/run/sysctl.d/60-empty.conf')
  write('/run/sysctl.d/README', 'net.ipv4.ip_forward = 0\n')
  symlinkSync('/dev/null', join(root, '/etc/sysctl.d/10-off.conf'))

  expect(gathered(shared.sysctlFilesSection)).toEqual([
    {path: '/etc/sysctl.d/10-off.conf', lines: []},
    {path: '/etc/sysctl.d/zz hardening.conf', lines: ['net.ipv4.ip_forward = 0']},
    {path: '/run/sysctl.d/60-empty.conf', lines: []},
    {
      path: '/usr/lib/sysctl.d/50-default.conf',
      lines: ['-net.ipv4.conf.all.forwarding', 'net.bridge.bridge-nf-call-iptables=0'],
    },
  ])
})

test('the pod that a manifest defines is reported by name, whatever the name of the file', () => {
  const dir = '/etc/kubernetes/manifests'
  const yaml =
    'apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    name: not-this\n  name: "etcd"\nspec:\n  containers:\n  - name: nor-this\n'
  write(`${dir}/etcd.yaml~`, yaml)
  write(`${dir}/.hidden.yaml`, yaml)
  write(
    `${dir}/api.json`,
    '{"kind": "Pod",\n "metadata": {\n  "name": "kube-apiserver"}, "spec": {"containers": [{"name": "x"}]}}',
  )
  write(`${dir}/notes`, 'secret: do-not-show\n')

  expect(gathered(shared.manifestsSection)).toEqual({
    [`${dir}/etcd.yaml~`]: 'etcd',
    [`${dir}/api.json`]: 'kube-apiserver',
  })
})

test('what starts the services is reported, and no other line of their files', () => {
  write(
    '/etc/systemd/system/kubelet.service.d/99-x.conf',
    '[Service]\nEnvironment=TOKEN=secret\nExecStart=\nExecStart=/opt/kubelet\n',
  )
  write('/usr/lib/systemd/system/containerd.service', '[Service]\nExecStart=/usr/bin/containerd\n')
  write('/etc/default/kubelet', '# KUBELET_EXTRA_ARGS=--a\nKUBELET_EXTRA_ARGS="--node-ip=10.0.0.1"\nPASSWORD=secret\n')

  expect(gathered(shared.serviceFilesSection)).toEqual({
    '/etc/systemd/system/kubelet.service.d/99-x.conf': ['ExecStart=', 'ExecStart=/opt/kubelet'],
    '/usr/lib/systemd/system/containerd.service': ['ExecStart=/usr/bin/containerd'],
    '/etc/default/kubelet': ['KUBELET_EXTRA_ARGS="--node-ip=10.0.0.1"'],
  })
})

test('repositories are reported without users and passwords', () => {
  write('/etc/apt/sources.list', '# deb http://old /\ndeb https://anna:secret@mirror.example/k8s/ /\n')
  write('/etc/apt/sources.list.d/k8s.sources', 'Types: deb\nURIs: https://pkgs.k8s.io/x/\nEnabled: no\nSigned-By: /k\n')

  expect(gathered(shared.repositoriesSection)).toEqual({
    '/etc/apt/sources.list': ['deb https://mirror.example/k8s/ /'],
    '/etc/apt/sources.list.d/k8s.sources': ['URIs: https://pkgs.k8s.io/x/', 'Enabled: no'],
  })
})

test('the marks of blocks are counted by name', () => {
  write('/etc/hosts', '127.0.0.1 localhost\n# kadm begin node\n10.0.0.1 a\n# kadm end node\n# kadm begin other\n')

  expect(gathered(shared.blocksSection)).toEqual({node: {begins: 1, ends: 1}, other: {begins: 1, ends: 0}})
})

describe('what cannot be changed', () => {
  test('is reported by its attribute', () => {
    const lines = [
      '----i---------e------- /etc/hosts',
      '-----a--------e------- /etc/fstab',
      '--------------e------- /etc',
      'mount /etc/hostname',
    ]

    expect(
      fixedSection.parse(`${lines.join('\n')}\nlsattr: Operation not supported While reading flags on /x\n`),
    ).toEqual([
      {path: '/etc/hosts', by: 'immutable'},
      {path: '/etc/fstab', by: 'append-only'},
      {path: '/etc/hostname', by: 'mount'},
    ])
  })

  test('is found by the script where the file system knows attributes', context => {
    write('/etc/hosts', 'x')
    const path = join(root, '/etc/hosts')
    try {
      execFileSync('chattr', ['+i', path], {stdio: 'ignore'})
    } catch {
      context.skip('this file system has no attributes, or this user may not set them')
    }
    try {
      expect(gathered(fixedSection)).toContainEqual({path: '/etc/hosts', by: 'immutable'})
    } finally {
      execFileSync('chattr', ['-i', path])
    }
  })
})

test('who listens is reported with the innermost unit of its control group', () => {
  const line = (port: number, pid: number) =>
    `ss LISTEN 0 128 127.0.0.1:${port} 0.0.0.0:* users:(("kubelet",pid=${pid},fd=3))`
  const text = [
    line(10248, 7),
    line(10250, 8),
    line(10255, 9),
    'group 7 0::/system.slice/k0sworker.service',
    'group 8 1:name=systemd:/system.slice/docker-01.scope/inner',
    'group 9 0::/',
  ].join('\n')

  expect(listeningSection.parse(text).map(({unit}) => unit)).toEqual([
    'k0sworker.service',
    'docker-01.scope',
    undefined,
  ])
})

describe('files and folders that kadm shares', () => {
  test('are listed with what they are, whatever their names; hidden ones where these count', () => {
    write('/etc/cni/net.d/.hidden.conflist', '{}')
    write('/etc/cni/net.d/87 podman|bridge.conflist', '{}')
    write('/etc/kubernetes/pki/.swp', 'x')
    write('/etc/sysctl.d/big.conf', 'x'.repeat(2_000_000))
    symlinkSync('/dev/null', join(root, '/etc/sysctl.d/10-off.conf'))

    const found = gathered(filesSection)

    expect(found['/etc/cni/net.d/.hidden.conflist']).toMatchObject({type: 'file', size: 2})
    expect(found['/etc/cni/net.d/87 podman|bridge.conflist']?.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(found['/etc/kubernetes/pki/.swp']).toBeUndefined()
    expect(found['/etc/kubernetes/pki']).toMatchObject({type: 'directory'})
    expect(found['/etc/sysctl.d/big.conf']).toMatchObject({type: 'file', size: 2_000_000, sha256: undefined})
    expect(found['/etc/sysctl.d/10-off.conf']).toMatchObject({type: 'symlink', sha256: undefined})
  })

  test('take a moment, also in a folder with six thousand files', () => {
    for (let i = 0; i < 6_000; i++) write(`/etc/kubernetes/manifests/old-${String(i)}`)

    const began = performance.now()
    const found = gathered(filesSection)

    expect(Object.keys(found).filter(path => path.startsWith('/etc/kubernetes/manifests/')).length).toBe(6_000)
    expect(performance.now() - began).toBeLessThan(6_000)
  })
})
