import {createHash} from 'node:crypto'
import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, dirname, join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {filesBelow, readText, RELEASE} from './places.ts'
import {run} from './program.ts'
import type {Version} from './version.ts'

interface DebianPackage {
  readonly version: Version
  readonly architecture: 'amd64' | 'arm64'
  /** The single file. */
  readonly program: Buffer
  readonly licenses: string
}

interface Content {
  readonly content: string | Buffer
  readonly mode?: number
}

const MAINTAINER = 'kadm maintainers <maintainers@kadm.invalid>'

/** Makes the Debian package: the single file, completions and man pages, and no scripts. */
export function debianPackage(made: DebianPackage): void {
  const folder = mkdtempSync(join(tmpdir(), 'kadm-release-'))
  try {
    chmodSync(folder, 0o755)
    const files = contentsOf(made)
    const put = (path: string, {content, mode = 0o644}: Content): void => {
      mkdirSync(dirname(join(folder, path)), {recursive: true, mode: 0o755})
      writeFileSync(join(folder, path), content, {mode})
    }
    for (const [path, content] of Object.entries(files)) put(path, content)
    put('DEBIAN/control', {content: control(made, files)})
    put('DEBIAN/md5sums', {content: sums(files)})
    const {version, architecture} = made
    run(
      'dpkg-deb',
      ['--root-owner-group', '-Zxz', '-z1', '--threads-max=1', '--build', folder, debFile(version, architecture)],
      {env: {SOURCE_DATE_EPOCH: String(version.epoch)}},
    )
  } finally {
    rmSync(folder, {recursive: true})
  }
}

const debFile = ({version}: Version, architecture: string): string =>
  join(RELEASE, `kadm_${version}_${architecture}.deb`)

function contentsOf({version, program, licenses}: DebianPackage): Readonly<Record<string, Content>> {
  const zipped = (text: string): Content => ({content: gzipSync(text, {level: 9})})
  const manuals = filesBelow('share/man').map(path => [`usr/share/man/man1/${basename(path)}.gz`, zipped(readText(path))])
  return {
    'usr/bin/kadm': {content: program, mode: 0o755},
    'usr/share/bash-completion/completions/kadm': {content: readText('share/completions/kadm.bash')},
    'usr/share/zsh/vendor-completions/_kadm': {content: readText('share/completions/_kadm')},
    'usr/share/fish/vendor_completions.d/kadm.fish': {content: readText('share/completions/kadm.fish')},
    ...(Object.fromEntries(manuals) as Readonly<Record<string, Content>>),
    'usr/share/lintian/overrides/kadm': {content: OVERRIDES},
    'usr/share/doc/kadm/copyright': {content: copyright()},
    'usr/share/doc/kadm/changelog.gz': zipped(changelog(version)),
    'usr/share/doc/kadm/NEWS.gz': zipped(readText('CHANGELOG.md')),
    'usr/share/doc/kadm/THIRD-PARTY-LICENSES.gz': zipped(licenses),
  }
}

/** Node is built by its project: with its own zlib, and at a fixed address. kadm reads dpkg's database on other machines. */
const OVERRIDES = `kadm: embedded-library *
kadm: hardening-no-pie *
kadm: uses-dpkg-database-directly *
`

function control({version, architecture}: DebianPackage, files: Readonly<Record<string, Content>>): string {
  const size = Object.values(files).reduce((sum, {content}) => sum + Math.ceil(content.length / 1024), 0)
  return `Package: kadm
Version: ${version.version}
Architecture: ${architecture}
Maintainer: ${MAINTAINER}
Installed-Size: ${size}
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 8)
Suggests: bash-completion, mmdebstrap, systemd-container
Section: admin
Priority: optional
Description: create Kubernetes clusters on bare machines over SSH
 kadm turns Debian and Ubuntu machines into a working Kubernetes cluster.
 It checks the machines, installs Kubernetes and its container runtime, proves
 that the cluster works, and can restore every machine to its first state.
`
}

const sums = (files: Readonly<Record<string, Content>>): string =>
  Object.entries(files)
    .map(([path, {content}]) => `${createHash('md5').update(content).digest('hex')}  ${path}\n`)
    .join('')

const changelog = ({version, epoch}: Version): string => `kadm (${version}) stable; urgency=medium

  * Release ${version}; see /usr/share/doc/kadm/NEWS.gz.

 -- ${MAINTAINER}  ${new Date(epoch * 1000).toUTCString().replace('GMT', '+0000')}
`

const copyright = (): string => `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: kadm
Comment: The program contains Node and libraries under licenses of their own;
 /usr/share/doc/kadm/THIRD-PARTY-LICENSES.gz has them all.

Files: *
Copyright: 2026 the kadm authors
License: Apache-2.0
 On Debian systems, the full text of the Apache License, Version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
`
