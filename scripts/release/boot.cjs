'use strict'
// What Node runs first in the single file. The version and the overview need nothing of kadm itself, so they are answered at once.
const {getAsset, getRawAsset} = require('node:sea')

const argv = process.argv.slice(2)
const only = argv.length === 1 ? argv[0] : undefined
if (only === '--version') {
  process.stdout.write(
    `kadm/${getAsset('version', 'utf8')} ${process.platform}-${process.arch} node-${process.version}\n`,
  )
} else if (argv.length === 0 || only === '--help' || only === '-h' || only === 'help') {
  process.stdout.write(getAsset('overview', 'utf8'))
} else {
  const {Script} = require('node:vm')
  const {dirname} = require('node:path')
  const code = Buffer.from(getRawAsset('kadm.cjs'))
  const script = new Script(code.latin1Slice(), {filename: 'kadm.cjs'})
  const program = {exports: {}}
  script.runInThisContext()(program, program.exports, require, 'kadm.cjs', '/')
  void program.exports.runKadm(argv, dirname(process.execPath))
}
