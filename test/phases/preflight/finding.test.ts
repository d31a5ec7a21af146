import {expect, test} from 'vitest'
import {applyIgnores, type Finding} from '../../../src/phases/preflight/finding.ts'

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
})
