/** Part of `npm run build`: writes the commit that the build is made from beside it, where `kadm version` looks. */
import {spawnSync} from 'node:child_process'
import {rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

const root = join(import.meta.dirname, '..')
const file = join(root, 'dist', 'commit')
const asked = spawnSync('git', ['rev-parse', 'HEAD'], {cwd: root, encoding: 'utf8'})
if (asked.status === 0) writeFileSync(file, asked.stdout)
else rmSync(file, {force: true})
