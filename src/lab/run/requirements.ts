import {architectureOf, type Architecture} from '../../domain/architecture.ts'
import {KadmError} from '../../domain/errors.ts'
import {sh, type Script} from '../../remote/shell/shell.ts'
import {installFromBackports} from '../image/backports.ts'
import {exists} from '../image/cache.ts'
import {asRoot} from '../drivers/privileged.ts'
import {hasProgram, run} from '../drivers/program.ts'
import type {LabSink} from './progress.ts'

/** A program or file the lab needs, and the Debian and Ubuntu package that has it. */
interface Requirement {
  readonly has: {readonly program: string} | {readonly file: string}
  readonly package: string
  /** A newer one is worth a lot: taken from the release's backports where there are any. */
  readonly newer?: true
}

const REQUIREMENTS: readonly Requirement[] = [
  {has: {program: 'systemd-nspawn'}, package: 'systemd-container'},
  {has: {program: 'mmdebstrap'}, package: 'mmdebstrap'},
  {has: {file: '/usr/share/keyrings/debian-archive-keyring.gpg'}, package: 'debian-archive-keyring'},
  {has: {program: 'ssh'}, package: 'openssh-client'},
  {has: {program: 'ssh-keygen'}, package: 'openssh-client'},
  {has: {program: 'ip'}, package: 'iproute2'},
  {has: {program: 'nsenter'}, package: 'util-linux'},
  {has: {program: 'mountpoint'}, package: 'util-linux'},
]

const VM_REQUIREMENTS: readonly Requirement[] = [
  // Without KVM, QEMU 10 is two to five times as fast as the 7.2 of Debian 12.
  {has: {program: 'qemu-system-x86_64'}, package: 'qemu-system-x86', newer: true},
  {has: {program: 'qemu-img'}, package: 'qemu-utils'},
  {has: {program: 'mkfs.ext4'}, package: 'e2fsprogs'},
  {has: {program: 'sfdisk'}, package: 'fdisk'},
]

const BUILD_REQUIREMENTS: readonly Requirement[] = [
  {has: {program: 'gcc'}, package: 'gcc'},
  {has: {file: '/usr/include/stdlib.h'}, package: 'libc6-dev'},
  {has: {program: 'pkg-config'}, package: 'pkg-config'},
  {has: {file: '/usr/include/seccomp.h'}, package: 'libseccomp-dev'},
]

/** Installs by apt what the machines need and is not here. */
export const requireMachinePrograms = async (report: LabSink, signal?: AbortSignal): Promise<void> =>
  require(REQUIREMENTS, report, signal)

/** Installs by apt what VMs need and is not here. */
export async function requireVmPrograms(report: LabSink, signal?: AbortSignal): Promise<void> {
  if ((await architecture()) !== 'amd64') {
    throw new KadmError('preflight', 'the lab creates VMs only on amd64', {
      hint: 'use containers instead: --driver nspawn',
    })
  }
  await require(VM_REQUIREMENTS, report, signal)
}

/** Installs by apt what compiling needs and is not here; Go itself is the user's. */
export const requireBuildPrograms = async (report: LabSink, signal?: AbortSignal): Promise<void> =>
  require(BUILD_REQUIREMENTS, report, signal)

async function require(requirements: readonly Requirement[], report: LabSink, signal?: AbortSignal): Promise<void> {
  if (process.platform !== 'linux')
    throw new KadmError('preflight', 'the lab needs Linux', {hint: 'run it in a Linux VM'})
  const lacking = await unmet(requirements)
  const missing = packagesOf(lacking)
  if (missing.length === 0) return
  const command = `sudo apt-get install -y --no-install-recommends ${missing.join(' ')}`
  if (!(await hasProgram('apt-get'))) {
    throw new KadmError('preflight', `the lab needs ${missing.join(', ')}`, {
      hint: 'install them with your package manager',
    })
  }
  report({type: 'note', message: `installing ${missing.join(', ')}`, at: Date.now()})
  await install(lacking, signal).catch((error: unknown) => {
    throw new KadmError('preflight', `the lab needs ${missing.join(', ')}, but could not install them`, {
      hint: `type: ${command}`,
      cause: error,
      evidence: error instanceof KadmError ? error.evidence : undefined,
    })
  })
  const still = packagesOf(await unmet(requirements))
  if (still.length > 0)
    throw new KadmError('preflight', `installing ${still.join(', ')} did not provide what the lab needs`, {
      hint: `type: ${command}`,
    })
}

async function unmet(requirements: readonly Requirement[]): Promise<readonly Requirement[]> {
  const found = await Promise.all(
    requirements.map(async ({has}) => ('program' in has ? hasProgram(has.program) : exists(has.file))),
  )
  return requirements.filter((_, i) => found[i] === false)
}

const packagesOf = (requirements: readonly Requirement[]): readonly string[] => [
  ...new Set(requirements.map(requirement => requirement.package)),
]

async function install(lacking: readonly Requirement[], signal?: AbortSignal): Promise<void> {
  const options = {signal, env: {DEBIAN_FRONTEND: 'noninteractive'}}
  const works = (script: Script): Promise<boolean> =>
    asRoot('installing packages', script, options).then(
      () => true,
      () => false,
    )
  const better = packagesOf(lacking.filter(({newer}) => newer))
  if (better.length > 0) await works(installFromBackports(better))
  const script = sh`apt-get -q install -y --no-install-recommends ${packagesOf(await unmet(lacking))}`
  if (!(await works(script))) await asRoot('installing packages', sh`apt-get -q update && ${script}`, options)
}

/** The architecture as Debian and Kubernetes name it. */
export async function architecture(): Promise<Architecture> {
  const kernelName = (await run('uname', ['-m'])).stdout.trim()
  const known = architectureOf(kernelName)
  if (known === undefined) throw new KadmError('preflight', `Kubernetes is not available for ${kernelName}`)
  return known
}
