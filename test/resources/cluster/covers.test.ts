import {expect, test} from 'vitest'
import {subsetDiff} from '../../../src/resources/cluster/subset-diff.ts'

test('what the server added beside the wanted fields does not count', () => {
  expect(subsetDiff({spec: {a: 1}}, {spec: {a: 1, b: 2}, status: {}})).toBeUndefined()
})

test('a field that is other is named by its path', () => {
  expect(subsetDiff({spec: {ports: [{name: 'dns', port: 53}]}}, {spec: {ports: [{name: 'dns', port: 54}]}})).toBe(
    'spec.ports[name=dns].port',
  )
})

test('list elements with a name are compared by name, whatever their order', () => {
  expect(
    subsetDiff(
      [
        {name: 'a', v: 1},
        {name: 'b', v: 2},
      ],
      [
        {name: 'b', v: 2},
        {name: 'a', v: 1},
      ],
    ),
  ).toBeUndefined()
})

test('an empty wanted map is the same as none', () => {
  expect(subsetDiff({spec: {emptyDir: {}}}, {spec: {}})).toBeUndefined()
})

test('a wanted element that is missing is a difference', () => {
  expect(subsetDiff({args: ['--a', '--b']}, {args: ['--a']})).toBe('args')
})

test('a list of plain words must be the same to the end: a flag that was taken away is a difference', () => {
  expect(subsetDiff({args: ['--a']}, {args: ['--a', '--b']})).toBe('args')
})

test.each([
  ['nodeSelector', {'kubernetes.io/os': 'linux'}, {'kubernetes.io/os': 'linux', disk: 'ssd'}],
  ['tolerations', [{operator: 'Exists'}], [{operator: 'Exists'}, {key: 'gpu'}]],
  ['tolerations', [{operator: 'Exists'}], undefined],
])('more in the %s of a pod template is a difference, because an apply replaces all of it', (field, wanted, live) => {
  const workload = (value: unknown) => ({spec: {template: {spec: {[field]: value}}}})

  expect(subsetDiff(workload(wanted), workload(wanted))).toBeUndefined()
  expect(subsetDiff(workload(wanted), workload(live))).toBe(`spec.template.spec.${field}`)
})
