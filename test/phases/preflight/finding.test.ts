import {expect, test} from 'vitest'
import {applyIgnores, gatherEqual, type Finding} from '../../../src/phases/preflight/finding.ts'

const finding = (name: string, severity: Finding['severity'], host = 'master', message = 'saw'): Finding => ({
  name,
  severity,
  hosts: [host],
  message: message,
  remedy: severity === 'ok' ? undefined : 'fix it',
})

test('an ignored error becomes a warning, by its name in any case', () => {
  const findings = [finding('NumCPU', 'error'), finding('Mem', 'error'), finding('Swap', 'info')]

  expect(applyIgnores(findings, ['numcpu']).map(({severity}) => severity)).toEqual(['warning', 'error', 'info'])
  expect(applyIgnores(findings, ['ALL']).map(({severity}) => severity)).toEqual(['warning', 'warning', 'info'])
  expect(applyIgnores(findings, [])).toEqual(findings)
})

test('what several hosts share is reported once, with all their names, and nothing else is', () => {
  const gathered = gatherEqual([
    finding('Swap', 'info', 'master'),
    finding('Mem', 'error', 'master', '900 MB'),
    finding('Swap', 'info', 'worker-1'),
    finding('Mem', 'error', 'worker-1', '800 MB'),
    finding('Swap', 'warning', 'worker-2'),
  ])

  expect(gathered.map(({name, hosts, message: message}) => [name, hosts.join(','), message])).toEqual([
    ['Swap', 'master,worker-1', 'saw'],
    ['Mem', 'master', '900 MB'],
    ['Mem', 'worker-1', '800 MB'],
    ['Swap', 'worker-2', 'saw'],
  ])
})
