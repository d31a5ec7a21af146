/**
 * Makes the picture of the README from a real run: `kadm lab demo --json | node scripts/picture/main.ts`. Keeps the events that the picture shows
 * in docs/run.jsonl, and writes docs/run.svg.
 */
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {picture, runOf} from './picture.ts'

const docs = join(import.meta.dirname, '..', '..', 'docs')
const SHOWN = /"type":"(?:run-started|phase-done|run-done)"/
const lines = readFileSync(0, 'utf8')
  .split('\n')
  .filter(line => SHOWN.test(line))
writeFileSync(join(docs, 'run.svg'), picture(runOf(lines)))
writeFileSync(join(docs, 'run.jsonl'), `${lines.join('\n')}\n`)
