'use strict'
// What Node runs first in the single file. The version and the overview need nothing of kadm itself, so they are answered at once.
const {getAsset, getRawAsset} = require('node:sea')

const argv = process.argv.slice(2)
const only = argv.length === 1 ? argv[0] : undefined

function assetIfAny(name) {
  try {
    return Buffer.from(getRawAsset(name))
  } catch {
    return undefined
  }
}

function runKadm() {
  const {Script} = require('node:vm')
  const code = Buffer.from(getRawAsset('kadm.cjs')).latin1Slice()
  const script = new Script(code, {filename: 'kadm.cjs', cachedData: assetIfAny('code-cache')})
  const program = {exports: {}}
  script.runInThisContext()(program, program.exports, require, 'kadm.cjs', '/')
  return program.exports.runKadm(argv, require('node:path').dirname(process.execPath))
}

if (only === '--version') {
  process.stdout.write(`kadm/${getAsset('version', 'utf8')} ${process.platform}-${process.arch} node-${process.version}\n`)
} else if (argv.length === 0 || only === '--help' || only === '-h' || only === 'help') {
  process.stdout.write(getAsset('overview', 'utf8'))
} else {
  runKadm().catch(error => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(70)
  })
}
