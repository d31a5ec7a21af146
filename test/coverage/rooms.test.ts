import {expect, test} from 'vitest'
import {coverageByRoom} from './rooms.ts'

test('each room has its share, and a file of which nothing ran is named', () => {
  const text = coverageByRoom([
    {path: 'src/engine/act.ts', statements: 30, run: 15},
    {path: 'src/domain/b.ts', statements: 10, run: 0},
    {path: 'src/domain/a.ts', statements: 10, run: 10},
    {path: 'src/domain/types-only.ts', statements: 0, run: 0},
  ])

  expect(text.split('\n')).toEqual([
    'statements that the tests ran, by room:',
    '   50.0 %  domain (3 files)',
    '   50.0 %  engine (1 files)',
    '   50.0 %  all',
    '1 files that no test runs:',
    '  src/domain/b.ts',
  ])
})

test('nothing is named when every file runs', () => {
  expect(
    coverageByRoom([{path: 'src/ui/x.ts', statements: 2, run: 2}])
      .split('\n')
      .at(-1),
  ).toBe('0 files that no test runs')
})
