import {expect, test} from 'vitest'
import {applyIgnores, hasErrors, mergeFindings, summarise, type Finding} from '../../../src/phases/preflight/finding.ts'

const finding = (name: string, severity: Finding['severity'], host = 'master', saw = 'saw'): Finding => ({
  name,
  severity,
  hosts: [host],
  saw,
  fix: severity === 'ok' ? undefined : 'fix it',
})

test('an ignored error becomes a warning, by its name in any case', () => {
  const findings = [finding('NumCPU', 'error'), finding('Mem', 'error'), finding('Swap', 'info')]

  expect(applyIgnores(findings, ['numcpu']).map(({severity}) => severity)).toEqual(['warning', 'error', 'info'])
  expect(applyIgnores(findings, ['ALL']).map(({severity}) => severity)).toEqual(['warning', 'warning', 'info'])
  expect(applyIgnores(findings, [])).toEqual(findings)
  expect(hasErrors(applyIgnores(findings, ['NumCPU', 'Mem']))).toBe(false)
})

test('the same thing on several hosts is one finding of them all', () => {
  const merged = mergeFindings([
    finding('Swap', 'info', 'master'),
    finding('Swap', 'info', 'worker-1'),
    finding('Swap', 'info', 'worker-2', 'another thing'),
  ])

  expect(merged.map(({hosts}) => hosts)).toEqual([['master', 'worker-1'], ['worker-2']])
})

test('the summary tells the worst first, and counts what is well', () => {
  const lines = summarise([
    finding('Architecture', 'ok'),
    finding('Swap', 'info', 'master'),
    finding('Swap', 'info', 'worker-1'),
    finding('NumCPU', 'error'),
    finding('Ufw', 'warning'),
  ])

  expect(lines).toEqual([
    'error    NumCPU  master: saw',
    '                 fix it',
    'warning  Ufw     master: saw',
    '                 fix it',
    'info     Swap    master, worker-1: saw',
    '                 fix it',
    '1 error, 1 warning, 2 for kadm to do, 1 well',
  ])
})
