import {spawn} from 'node:child_process'
import {createReadStream, existsSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Readable} from 'node:stream'
import {CHECKOUT} from './run-kadm.ts'
import type {Answer} from './ssh.ts'
import type {TestLab} from './test-lab.ts'

/** Where a person who works on the machine itself has the tool; its bundle is in `bundle`. */
export const TOOL = '/opt/kadm'

/** Copies the tool with the packages it needs and its Node, and the bundle, to a machine of the lab. */
export async function bringTool(lab: TestLab, machine: string): Promise<void> {
  const packages = await productionPackages()
  const tool = tarOf(CHECKOUT, ['bin', 'dist', 'templates', 'package.json', ...packages])
  await lab.must(machine, `sudo mkdir -p ${TOOL}/bundle && sudo tar -xC ${TOOL} --no-same-owner`, tool)
  await lab.must(machine, `sudo tar -xC ${TOOL}/bundle --no-same-owner`, tarOf(lab.bundleDir, ['.']))
  await lab.must(
    machine,
    `sudo sh -c 'cat > /usr/local/bin/node; chmod 755 /usr/local/bin/node'`,
    createReadStream(process.execPath),
  )
}

/** Runs the tool on the machine as root. */
export const kadmOn = (lab: TestLab, machine: string, args: string): Promise<Answer> =>
  lab.on(machine, `sudo env NODE_DISABLE_COMPILE_CACHE=1 node ${TOOL}/bin/run.js ${args}`)

/** What `npm ci --omit=dev` would install. */
async function productionPackages(): Promise<readonly string[]> {
  const lock: unknown = JSON.parse(await readFile(join(CHECKOUT, 'package-lock.json'), 'utf8'))
  if (!isLock(lock)) throw new Error('package-lock.json has no packages')
  return Object.entries(lock.packages)
    .filter(([path, {dev}]) => path !== '' && dev !== true && existsSync(join(CHECKOUT, path)))
    .map(([path]) => path)
}

interface Lock {
  readonly packages: Readonly<Record<string, {readonly dev?: boolean}>>
}

const isLock = (value: unknown): value is Lock => typeof value === 'object' && value !== null && 'packages' in value

function tarOf(dir: string, names: readonly string[]): Readable {
  const child = spawn('tar', ['-cC', dir, ...names], {stdio: ['ignore', 'pipe', 'inherit']})
  return child.stdout
}
