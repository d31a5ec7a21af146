import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {ufwRules, ufwRulesKind, type UfwRulesResource} from '../../src/resources/network/ufw-rules.ts'
import {lifecycle, workbenches} from './shell-runner.ts'

const bench = workbenches()

/** Keeps its rules in a file, as the real one prints them; a rule is found without its comment. */
const UFW = (file: string): string => String.raw`
line() { printf '%s' "ufw $*" | sed "s/ comment \(.*\)$/ comment '\1'/"; }
case "$1 $2" in
'show added') cat ${file} ;;
'route delete') shift 2; grep -vE "^ufw route $*( comment '.*')?$" ${file} >${file}.new; mv ${file}.new ${file} ;;
'delete '*) shift; grep -vE "^ufw $*( comment '.*')?$" ${file} >${file}.new; mv ${file}.new ${file} ;;
*) line "$@" >>${file}; echo >>${file} ;;
esac`

const KUBELET = {
  rule: 'allow from 192.168.56.11 to any port 10250 proto tcp',
  comment: 'kadm: kubelet from 192.168.56.11',
}
const PODS = {rule: 'route allow in on cni0 from 10.244.0.0/16', comment: 'kadm: pods from 10.244.0.0/16'}
const API = {rule: 'allow 6443/tcp', comment: 'kadm: API server'}

const wanted = (changes: Partial<UfwRulesResource> = {}): UfwRulesResource =>
  ufwRules({rules: [API, KUBELET, PODS], mark: 'kadm: ', prune: true, why: 'a test needs it', ...changes})

function withRules(rules: readonly string[]) {
  const made = bench()
  const path = join(made.root, 'rules')
  writeFileSync(path, ['Added user rules (see ...):', ...rules, ''].join('\n'))
  made.stub('ufw', UFW(path))
  return {made, now: (): readonly string[] => readFileSync(path, 'utf8').trim().split('\n').slice(1)}
}

const OWN = ['ufw allow 22/tcp', "ufw allow 6443/tcp comment 'my API'"]

test('adds what is missing with a comment, and leaves a rule that already exists', () => {
  const {made, now} = withRules(OWN)
  const ufw = lifecycle(made, ufwRulesKind, wanted())

  expect(ufw.diff()).toBe('2 rules are missing')
  expect(ufw.detail()).toBe(`+ufw ${KUBELET.rule}\n+ufw ${PODS.rule}`)
  ufw.apply()

  expect(ufw.diff()).toBeUndefined()
  expect(now()).toEqual([
    ...OWN,
    `ufw ${KUBELET.rule} comment '${KUBELET.comment}'`,
    `ufw ${PODS.rule} comment '${PODS.comment}'`,
  ])
})

test('undoes exactly what it added, also when some of it is gone and others came since', () => {
  const {made, now} = withRules(OWN)
  const ufw = lifecycle(made, ufwRulesKind, wanted())
  const original = ufw.apply()
  made.run(`ufw delete ${KUBELET.rule}; ufw allow 80/tcp`)

  ufw.undo(original)
  ufw.undo(original)

  expect(now()).toEqual([...OWN, 'ufw allow 80/tcp'])
})

test('takes out a rule of its own that is not wanted any more, but not where others may want it', () => {
  const {made, now} = withRules(OWN)
  lifecycle(made, ufwRulesKind, wanted()).apply()
  const without = [API, PODS]

  expect(lifecycle(made, ufwRulesKind, wanted({rules: without, prune: false})).diff()).toBeUndefined()
  const ufw = lifecycle(made, ufwRulesKind, wanted({rules: without}))
  expect(ufw.diff()).toBe(`${KUBELET.rule} is no longer needed`)
  ufw.apply()

  expect(now()).toEqual([...OWN, `ufw ${PODS.rule} comment '${PODS.comment}'`])
})

test('there is nothing to see or to undo where ufw was removed since', () => {
  const {made} = withRules([])
  const none = {
    ...made,
    run: (script: string | {readonly text: string}) =>
      made.run(`PATH=/nowhere; ${typeof script === 'string' ? script : script.text}`),
  }

  expect(none.run(ufwRulesKind.look(wanted())).stdout).toBe('')
})
