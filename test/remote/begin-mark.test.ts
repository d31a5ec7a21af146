import fc from 'fast-check'
import {expect, test} from 'vitest'
import {outputCutter} from '../../src/remote/supervisor/begin-mark.ts'

test('gives only what comes after the mark, however the stream is cut', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.string(), fc.array(fc.nat(60)), (greeting, group, output, cuts) => {
      const whole = Buffer.from(`${greeting}kadm:begin ${String(group)}.\n${output}`)
      const at = [0, ...cuts.filter(c => c < whole.length).sort((a, b) => a - b), whole.length]
      const cutter = outputCutter()

      const parts = at.slice(1).map((end, i) => cutter.push(whole.subarray(at[i], end)) ?? Buffer.alloc(0))

      expect(Buffer.concat(parts).toString()).toBe(output)
      expect(cutter.group()).toBe(group)
      expect(cutter.before()).toBe(greeting)
    }),
  )
})

test('keeps what was said instead when the mark never comes', () => {
  const cutter = outputCutter()

  expect(cutter.push(Buffer.from('sudo: a password is required\n'))).toBeUndefined()

  expect(cutter.group()).toBeUndefined()
  expect(cutter.before()).toBe('sudo: a password is required\n')
})
