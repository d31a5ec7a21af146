import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {CHECKOUT} from '../e2e/run-kadm.ts'

const {version} = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as {readonly version: string}

/** Where the files of a release are. */
export const RELEASE = join(CHECKOUT, 'release')

/** The files of the release of this checkout. */
export const FILES = {
  linuxX64: join(RELEASE, `kadm-${version}-linux-x64`),
  linuxArm64: join(RELEASE, `kadm-${version}-linux-arm64`),
  debAmd64: join(RELEASE, `kadm_${version}_amd64.deb`),
  npm: join(RELEASE, `kadm-${version}.tgz`),
  sums: join(RELEASE, 'SHA256SUMS'),
} as const

/** Makes the release, unless it is there: SHA256SUMS is written last. */
export function makeRelease(): void {
  if (existsSync(FILES.sums)) return
  execFileSync('npm', ['run', 'release'], {cwd: CHECKOUT, stdio: 'inherit'})
}
