import {expect, test} from 'vitest'
import {architectureNamed, architectureOf} from '../../src/domain/architecture.ts'

test.each([
  ['x86_64', 'amd64'],
  ['aarch64', 'arm64'],
  ['riscv64', undefined],
  ['', undefined],
])("a kernel that calls itself '%s' runs programs for %s", (kernel, architecture) => {
  expect(architectureOf(kernel)).toBe(architecture)
})

test.each([
  ['amd64', 'amd64'],
  ['arm64', 'arm64'],
  ['x86_64', undefined],
  [64, undefined],
])('%s names the architecture %s', (text, architecture) => {
  expect(architectureNamed(text)).toBe(architecture)
})
