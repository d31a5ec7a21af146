import {describe, expect, test} from 'vitest'
import {stringify} from 'yaml'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import {applyPhases} from '../../src/phases/workflows/apply.ts'
import {afterResetPhases, resetPhases} from '../../src/phases/workflows/reset.ts'
import type {Step} from '../../src/phases/phase.ts'
import {treeShell} from '../../src/resources/files/remove-tree.ts'
import {sampleContext, stepsOn, type Sample, type SampleNode} from './sample-context.ts'

const templates = readTemplates()

/** It has a golden file of its own: test/resources/golden/remove-tree.sh. */
const withoutTreeShell = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.replaceAll(treeShell.text, '# how a tree is removed') : value

/** All that a phase wants of a host; text of several lines can be read as it is. */
function rendered({phase}: Step, sample: Sample, on: SampleNode): string {
  const context = sampleContext(templates, {sample, on})
  const when = phase.when?.(context) ?? true
  if (when !== true) return `# ${when}\n`
  return stringify(phase.resources?.(context) ?? [], withoutTreeShell, {lineWidth: 0, aliasDuplicateObjects: false})
}

const fileOf = (sample: Sample, on: SampleNode, {path}: Step): string => `golden/${sample}/${on}/${path}.yaml`

describe.each<SampleNode>(['master', 'second', 'worker'])('what the phases want of a %s', on => {
  const steps = stepsOn(applyPhases, on)

  test.each(steps.map(step => [step.path, step] as const))('that is a virtual machine, by %s', async (_, step) => {
    await expect(rendered(step, 'vm', on)).toMatchFileSnapshot(fileOf('vm', on, step))
  })

  const others = steps.filter(step => rendered(step, 'container', on) !== rendered(step, 'vm', on))

  test('is the same of a container, but for these phases', async () => {
    await expect(`${others.map(({path}) => path).join('\n')}\n`).toMatchFileSnapshot(
      `golden/container/${on}/differs.txt`,
    )
  })

  test.each(others.map(step => [step.path, step] as const))('that is a container, by %s', async (_, step) => {
    await expect(rendered(step, 'container', on)).toMatchFileSnapshot(fileOf('container', on, step))
  })
})

test.each(stepsOn([...resetPhases, ...afterResetPhases], 'worker').map(step => [step.path, step] as const))(
  'what a reset does by %s',
  async (path, step) => {
    await expect(rendered(step, 'vm', 'worker')).toMatchFileSnapshot(`golden/reset/${path}.yaml`)
  },
)
