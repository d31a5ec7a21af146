#!/usr/bin/env node
// Must parse and run on old releases of Node, so that the line about the right one can be printed.
import {spawn, spawnSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import module from 'node:module'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import v8 from 'node:v8'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const OLDEST = [22, 19]

const isNewEnough = version => {
  const [major, minor] = version.replace('v', '').split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

const say = line => {
  process.stderr.write(`${line}\n`)
}

/** The Node that `npm ci` brought, when it is new enough. */
function nearbyNode() {
  const file = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(file)) return undefined
  const asked = spawnSync(file, ['--version'], {encoding: 'utf8'})
  return asked.status === 0 && isNewEnough(asked.stdout.trim()) ? file : undefined
}

/** The child gets Ctrl-C from the terminal itself and decides; this process only waits for it. */
function startAgain(node) {
  const child = spawn(node, process.argv.slice(1), {stdio: 'inherit'})
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('error', error => {
    say(`kadm: could not start ${node}: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 1))
}

async function main() {
  const argv = process.argv.slice(2)
  if (argv.length === 1 && argv[0] === '--version') {
    const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    process.stdout.write(`kadm/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
    return
  }
  if (!existsSync(join(root, 'dist', 'commands', 'main.js'))) {
    say(`kadm: not built yet; run: npm run build (in ${root})`)
    process.exitCode = 1
    return
  }
  // Files are sent through many short-lived buffers; a small nursery frees them early, where a grown one holds on to fifty megabytes.
  v8.setFlagsFromString('--semi-space-growth-factor=1')
  if (module.enableCompileCache !== undefined) module.enableCompileCache()
  if (argv.length === 0 || (argv.length === 1 && ['--help', '-h', 'help'].includes(argv[0]))) {
    const {OVERVIEW} = await import('../dist/commands/overview.js')
    process.stdout.write(OVERVIEW)
    return
  }
  const {runKadm} = await import('../dist/commands/main.js')
  await runKadm(argv, root)
}

if (isNewEnough(process.version)) {
  main().catch(error => {
    say(error instanceof Error ? error.stack : String(error))
    process.exit(70)
  })
} else {
  const node = nearbyNode()
  if (node === undefined) {
    say(
      `kadm: needs Node ${OLDEST.join('.')} or newer, and this is ${process.version}; install a newer one from https://nodejs.org, or use the single file of kadm, which has Node inside`,
    )
    process.exit(1)
  } else startAgain(node)
}
