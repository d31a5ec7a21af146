import {readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {picture, runOf} from '../../scripts/picture/picture.ts'

test('the picture of the README is of the recorded run', async () => {
  const events = readFileSync(new URL('../../docs/run.jsonl', import.meta.url), 'utf8')

  await expect(picture(runOf(events.split('\n')))).toMatchFileSnapshot('../../docs/run.svg')
})

test('half a run has no picture', () => {
  expect(() => runOf(['{"type":"run-started","command":"init","hosts":["a"],"at":1}'])).toThrow(/complete run/)
})
