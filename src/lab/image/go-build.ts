import type {Architecture} from '../../domain/architecture.ts'
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {KadmError} from '../../domain/errors.ts'
import {exists, once} from './cache.ts'
import {mustRun, run} from '../drivers/program.ts'
import type {Tracker} from '../run/progress.ts'
import {fingerprint, OLDEST_GO, programKey, type GoModule, type GoProgram} from './recipe.ts'

export interface BuildPlace {
  readonly cache: string
  readonly architecture: Architecture
  readonly signal?: AbortSignal | undefined
}

/** Where the executable of a program lies once it is built. */
export const programFile = (place: BuildPlace, module: GoModule, program: GoProgram): string =>
  join(programDir(place, module, program), program.name)

const programDir = (place: BuildPlace, module: GoModule, program: GoProgram): string =>
  join(place.cache, 'programs', programKey(module, program, place.architecture))

/** Whether it has to be compiled. */
export const isMissing = async (place: BuildPlace, module: GoModule, program: GoProgram): Promise<boolean> =>
  !(await exists(programDir(place, module, program)))

/** Compiles what is missing, one program after another: each build uses all cores. */
export async function buildPrograms(place: BuildPlace, modules: readonly GoModule[], tracker: Tracker): Promise<void> {
  for (const module of modules) {
    for (const program of module.programs) {
      if (!(await isMissing(place, module, program))) continue
      await tracker.step(program, `build ${program.name} ${module.version}`, async () => {
        await once(programDir(place, module, program), target => compile(place, module, program, target), place)
      })
    }
  }
}

async function compile(place: BuildPlace, module: GoModule, program: GoProgram, target: string): Promise<void> {
  const cwd = await prepareModule(place, module)
  const args = ['build', '-mod=mod', '-trimpath', '-ldflags', module.linkerFlags]
  if (module.tags !== undefined) args.push('-tags', module.tags)
  await mustRun(
    `building ${program.name} ${module.version}`,
    'go',
    [...args, '-o', join(target, program.name), program.package],
    {
      cwd,
      env: environment(place, module),
      signal: place.signal,
    },
  )
}

const environment = (place: BuildPlace, module: GoModule): Readonly<Record<string, string>> => ({
  CGO_ENABLED: module.cgo === true ? '1' : '0',
  GOOS: 'linux',
  GOARCH: place.architecture,
  GOFLAGS: '-buildvcs=false',
  GOWORK: 'off',
})

/** A go.mod of ours that requires the project at its pinned version; the checksum database vouches for what comes. */
async function prepareModule(place: BuildPlace, module: GoModule): Promise<string> {
  const {programs, ...inputs} = module
  const packages = programs.map(program => program.package)
  const dir = join(place.cache, 'modules', `${module.name}-${module.version}-${fingerprint(inputs, packages)}`)
  return once(
    dir,
    async target => {
      const options = {cwd: target, env: environment(place, module), signal: place.signal}
      await mkdir(target, {recursive: true})
      await writeFile(join(target, 'go.mod'), await goMod(module, options))
      const wanted = packages.map(name => `${name}@${module.version}`)
      await mustRun(`downloading the modules of ${module.name} ${module.version}`, 'go', ['get', ...wanted], options)
    },
    place,
  )
}

async function goMod(module: GoModule, options: {cwd: string; env: Readonly<Record<string, string>>}): Promise<string> {
  const staging =
    module.stagingVersion === undefined ? [] : await stagingModules(module, module.stagingVersion, options)
  return renderGoMod(module, staging)
}

/** Pure: the text of our go.mod. */
export function renderGoMod(module: GoModule, staging: readonly (readonly [string, string])[]): string {
  const replaces = [
    ...staging.map(([name, version]) => `replace ${name} => ${name} ${version}`),
    ...Object.entries(module.replace ?? {}).map(([name, to]) => `replace ${name} => ${to.replace('@', ' ')}`),
  ]
  return [`module kadm.local/${module.name}`, '', 'go 1.25.0', '', ...replaces, ''].join('\n')
}

async function stagingModules(
  module: GoModule,
  version: string,
  options: {cwd: string; env: Readonly<Record<string, string>>},
): Promise<readonly (readonly [string, string])[]> {
  // Outside any module: `go mod download` in one of ours would want it tidy first.
  const scratch = join(options.cwd, 'scratch')
  await mkdir(scratch)
  const wanted = `${module.module}@${module.version}`
  const answer = await mustRun(`fetching ${wanted}`, 'go', ['mod', 'download', '-json', wanted], {
    ...options,
    cwd: scratch,
  })
  await rm(scratch, {recursive: true})
  const parsed: unknown = JSON.parse(answer)
  if (typeof parsed !== 'object' || parsed === null || !('GoMod' in parsed) || typeof parsed.GoMod !== 'string') {
    throw new KadmError('remote', `downloading ${wanted}: go did not print the folder of the module`, {
      evidence: answer,
    })
  }
  return stagedIn(await readFile(parsed.GoMod, 'utf8')).map(name => [name, version] as const)
}

/** Pure: modules that a go.mod requires at v0.0.0, that is, from a folder beside it. */
export const stagedIn = (text: string): readonly string[] =>
  [...new Set([...text.matchAll(/^\t(k8s\.io\/[a-z-]+) v0\.0\.0$/gm)].map(match => match[1] ?? ''))].sort()

/** Refuses early when the compiler is missing or too old and may not fetch a newer one by itself. */
export async function requireGo(): Promise<void> {
  const hint = `install Go ${OLDEST_GO} or newer from https://go.dev/dl (the distribution's golang package may be too old) and put it on the PATH`
  const answer = await run('go', ['env', 'GOVERSION', 'GOTOOLCHAIN']).catch(() => undefined)
  if (answer?.code !== 0)
    throw new KadmError('preflight', 'the lab builds Kubernetes from source, but Go is not installed', {hint})
  const [found = '', toolchain = ''] = answer.stdout.trim().split('\n')
  if (isOldGo(found) && (toolchain === 'local' || isOldGo(found, '1.21.0'))) {
    throw new KadmError('preflight', `the lab needs Go ${OLDEST_GO} to build Kubernetes, but found ${found}`, {hint})
  }
}

/** Pure: whether `go1.25.3` is older than wanted; what cannot be read (a development build) is taken as new. */
export function isOldGo(found: string, wanted: string = OLDEST_GO): boolean {
  const numbers = (text: string): readonly number[] =>
    (/(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? []).slice(1).map(n => Number(n || 0))
  const [a, b] = [numbers(found), numbers(wanted)]
  if (a.length === 0) return false
  const at = a.findIndex((n, i) => n !== (b[i] ?? 0))
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0)
}
