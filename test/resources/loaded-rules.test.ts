import {join} from 'node:path'
import {expect, test} from 'vitest'
import {sh} from '../../src/remote/shell/shell.ts'
import {loadedRules, loadedRulesKind} from '../../src/resources/network/loaded-rules.ts'
import {lifecycle, workbenches} from './shell-runner.ts'

const bench = workbenches()

test('rules that are missing are loaded, and taken out by an undo, also when others flushed them before', () => {
  const made = bench()
  const rules = join(made.root, 'rules')
  const resource = loadedRules({
    name: 'demo',
    why: 'a test needs it',
    missing: sh`[ -e ${rules} ] || printf 'a\nb\n'`,
    load: sh`: >${rules}`,
    unload: sh`rm -f ${rules}`,
  })
  const loaded = lifecycle(made, loadedRulesKind, resource)

  expect(loaded.diff()).toBe('2 rules are not loaded')
  expect(loaded.detail()).toBe('+a\n+b')
  const original = loaded.apply()
  expect(loaded.diff()).toBeUndefined()
  loaded.undo(original)

  expect(loaded.diff()).toBe('2 rules are not loaded')
  expect(loadedRulesKind.drift?.(resource, loaded.look())).toBeUndefined()
})
