'use strict'
// Run by the Node of the release: compiles kadm, starts it as far as its modules load, and keeps what V8 made of it.
const {readFileSync, writeFileSync} = require('node:fs')
const {Script} = require('node:vm')

const script = new Script(readFileSync('kadm.cjs').latin1Slice(), {filename: 'kadm.cjs'})
const program = {exports: {}}
script.runInThisContext()(program, program.exports, require, 'kadm.cjs', '/')
writeFileSync('code-cache', script.createCachedData())
