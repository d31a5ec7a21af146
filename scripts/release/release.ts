/**
 * `npm run release` makes everything that users install from this checkout in `release/`: the same bytes each time from the same commit.
 * Needs Linux on amd64, and dpkg-deb for the Debian packages.
 */
import {createHash} from 'node:crypto'
import {mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {bundleKadm} from './bundle.ts'
import {bundledPackages, licensesText, nodeComponent} from './components.ts'
import {debianPackage} from './debian.ts'
import {foreignFile} from './foreign.ts'
import {releaseNotes} from './notes.ts'
import {npmPackage} from './npm-package.ts'
import {linuxFile} from './one-file.ts'
import {readText, RELEASE} from './places.ts'
import {sbom} from './sbom.ts'
import {startTimes} from './start-times.ts'
import {thisVersion} from './version.ts'

const LINUX = [
  ['linux-x64', 'amd64'],
  ['linux-arm64', 'arm64'],
] as const

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(`a release is made on linux-x64, and this is ${process.platform}-${process.arch}`)
  process.exit(1)
}
process.umask(0o022)
const version = thisVersion()
if (version.commit.endsWith('-dirty')) console.error('note: the checkout has changes that are not committed')
rmSync(RELEASE, {recursive: true, force: true})
mkdirSync(RELEASE)
const name = `kadm-${version.version}`
const write = (file: string, content: string | Buffer, mode = 0o644): void => {
  writeFileSync(join(RELEASE, file), content, {mode})
}

const bundle = await bundleKadm(version.commit)
const packages = bundledPackages(bundle)
const licenses = licensesText([nodeComponent(), ...packages])
for (const [target, architecture] of LINUX) {
  const file = linuxFile(target, bundle)
  write(`${name}-${target}`, file, 0o755)
  debianPackage({version, architecture, program: file, licenses})
}
foreignFile('win-x64', bundle, `${name}-win-x64.exe`)
foreignFile('darwin-arm64', bundle, `${name}-darwin-arm64`)
npmPackage(bundle, licensesText(packages))
write('THIRD-PARTY-LICENSES.txt', licenses)
write(`${name}.cdx.json`, sbom(version, [nodeComponent(), ...packages]))
write('RELEASE-NOTES.md', releaseNotes(readText('CHANGELOG.md'), version.version))
const made = readdirSync(RELEASE).sort()
const sums = made.map(file => `${createHash('sha256').update(readFileSync(join(RELEASE, file))).digest('hex')}  ${file}`)
write('SHA256SUMS', `${sums.join('\n')}\n`)
for (const file of [...made, 'SHA256SUMS']) {
  console.log(`${(statSync(join(RELEASE, file)).size / 1e6).toFixed(1).padStart(6)} MB  ${file}`)
}
const times = startTimes(join(RELEASE, `${name}-linux-x64`), 9)
const ratio = (of: number): string => (of / times.node).toFixed(2)
console.log(`start: --version ${ratio(times.version)} and --help ${ratio(times.help)} of the time of node -e 0`)
