import pc from 'picocolors'
import {describe, expect, test} from 'vitest'
import {clusterReport, type ExaminedMachine} from '../../src/diagnose/cluster/cluster-report.ts'
import type {Diagnosis} from '../../src/diagnose/diagnosis.ts'
import {renderStatus} from '../../src/ui/render-status.ts'
import {noFile} from '../diagnose/cluster/cases/changes.ts'
import {healthy} from '../diagnose/cluster/sample-cluster.ts'

const colours = pc.createColors(false)

const finding = (name: string, cause: string): Diagnosis => ({
  name,
  cause,
  certainty: 'certain',
  proof: ['x'],
  fix: 'x',
})
const machine = (host: string, ...diagnoses: readonly Diagnosis[]): ExaminedMachine => ({host, node: host, diagnoses})
const FORWARDING = finding('ip-forward', 'the kernel does not forward packets')

describe('the status of a cluster', () => {
  test('shows causes that only the machines know, once for those that share one', async () => {
    const machines = [
      machine('master', finding('manifest-copy', 'a copy defines the pod a second time')),
      machine('worker-1', FORWARDING),
      machine('worker-2', FORWARDING),
      {...machine('worker-3'), node: undefined, unreachable: 'worker-3: no answer at 10.77.0.14:22'},
    ]
    const report = clusterReport(healthy(), noFile, machines)

    await expect(`${renderStatus(report, colours)}\n`).toMatchFileSnapshot('golden/status-machines.txt')
  })

  test('shows tables alone while all is well', () => {
    const report = clusterReport(healthy(), noFile, [machine('master'), machine('worker-1')])

    expect(renderStatus(report, colours)).not.toMatch(/certain|likely|possible|not examined/)
    expect(report.machines.map(({host}) => host)).toEqual(['master', 'worker-1'])
  })
})
