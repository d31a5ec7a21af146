import {expect, test} from 'vitest'
import {releaseNotes} from '../../scripts/release/notes.ts'
import {sbom} from '../../scripts/release/sbom.ts'

const CHANGES = '# Changes\n\n## Unreleased\n\n- new\n\n## 0.2.0\n\n- old\n'

test('release notes are what CHANGELOG.md says of the version, or else what is unreleased', () => {
  expect(releaseNotes(CHANGES, '0.2.0')).toBe('# kadm 0.2.0\n\n- old\n')
  expect(releaseNotes(CHANGES, '0.3.0')).toBe('# kadm 0.3.0\n\n- new\n')
  expect(() => releaseNotes('# Changes\n', '0.3.0')).toThrow(/says nothing of 0.3.0/)
})

test('the bill of materials names what is inside, and is the same each time', () => {
  const version = {version: '0.1.0', commit: 'abc', epoch: 1_700_000_000}
  const parts = [
    {name: '@oclif/core', version: '5.1.9', license: 'MIT', licenseText: ''},
    {name: 'node', version: '24.22.3', license: 'MIT', licenseText: ''},
    {name: 'node-forge', version: '1.4.3', license: '(BSD-3-Clause OR GPL-2.0)', licenseText: ''},
  ]
  const made = JSON.parse(sbom(version, parts)) as {components: {purl: string; licenses: unknown}[]}

  expect(made).toMatchObject({bomFormat: 'CycloneDX', metadata: {timestamp: '2023-11-14T22:13:20.000Z'}})
  expect(made.components.map(({purl}) => purl)).toEqual([
    'pkg:npm/%40oclif/core@5.1.9',
    'pkg:generic/node@24.22.3',
    'pkg:npm/node-forge@1.4.3',
  ])
  expect(made.components[2]?.licenses).toEqual([{expression: 'BSD-3-Clause OR GPL-2.0'}])
  expect(sbom(version, parts)).toBe(sbom(version, parts))
  expect(sbom(version, parts.slice(1))).not.toContain((made as unknown as {serialNumber: string}).serialNumber)
})
