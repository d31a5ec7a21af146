import {spawnSync} from 'node:child_process'
import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises'
import {createReadStream} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {DEFAULT_RELEASE} from '../../src/lab/image/debian-release.ts'
import type {TestLab} from '../e2e/test-lab.ts'

/**
 * Installs packages of Debian on machines of a lab, which do not reach its servers: apt of this machine fetches what the first of
 * them lacks.
 */
export async function installDebian(lab: TestLab, machines: readonly string[], names: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kadm-debs-'))
  try {
    const [first = ''] = machines
    await Promise.all(['sources', 'lists/partial', 'archives/partial'].map(one => mkdir(join(folder, one), {recursive: true})))
    await writeFile(join(folder, 'status'), await lab.must(first, 'cat /var/lib/dpkg/status'))
    await writeFile(
      join(folder, 'sources/debian.list'),
      `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian ${DEFAULT_RELEASE} main\n`,
    )
    apt(folder, ['update'])
    apt(folder, ['install', '-y', '--no-install-recommends', '--download-only', ...names])
    const packages = (await readdir(join(folder, 'archives'))).filter(name => name.endsWith('.deb'))
    const tar = join(folder, 'all.tar')
    run('tar', ['-cf', tar, '-C', join(folder, 'archives'), ...packages])
    for (const machine of machines)
      await lab.must(
        machine,
        'sudo sh -c "set -e; rm -rf /tmp/debs; mkdir /tmp/debs; tar -xC /tmp/debs --no-same-owner; dpkg --force-unsafe-io -i /tmp/debs/*.deb >&2; rm -rf /tmp/debs"',
        createReadStream(tar),
      )
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

function apt(folder: string, args: readonly string[]): void {
  const options = {
    'Dir::Etc::SourceList': '/dev/null',
    'Dir::Etc::SourceParts': join(folder, 'sources'),
    'Dir::State::Lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache::archives': join(folder, 'archives'),
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'Debug::NoLocking': 'true',
    'APT::Sandbox::User': 'root',
  }
  run('apt-get', ['-q', ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]), ...args])
}

function run(command: string, args: readonly string[]): void {
  const {status, stderr, error} = spawnSync(command, args, {encoding: 'utf8', timeout: 300_000})
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`)
}
