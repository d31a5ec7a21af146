import {expect, test} from 'vitest'
import {ODD_WORDINGS, oddWordingsIn, proseTexts, titlesOf} from './plain-words.ts'

test('messages, help texts, comments, documents and titles of tests use plain words', () => {
  const texts = proseTexts()

  expect(texts.length).toBeGreaterThan(5000)
  expect(oddWordingsIn(texts)).toEqual([])
}, 60_000)

test.each([
  'mend what is named',
  'the file is made anew',
  'this is no control plane',
  'all problems are told',
  'who loads a rule set removes those of kadm',
  'was changed by others',
  'his own rules',
  'what is to be deleted',
  'run it again; it goes on from what is so',
  'it is not as it should be',
  'another run is at work there',
  'nothing was heard from it',
  'valid for ever',
  'the certificate is made again',
  'the rule lets you in',
  'what stands behind the Service',
  'the tool sits in /opt',
  'Nor does it start',
  'a link that leads nowhere',
  'somebody else changed it',
  'the release cannot be had',
  'a further run',
  'the node comes back as a worker',
  'the member is gone for good',
  'the run goes on',
  'what is to be made',
])('%s is found', text => {
  expect(oddWordingsIn([{place: 'x', text}]).length).toBeGreaterThan(0)
})

test('a wording that a line break splits is found, with its place and the better form', () => {
  const text = '/** The file is\n * no kubeconfig. */'

  expect(oddWordingsIn([{place: 'x.ts:1', text}])).toEqual([
    "x.ts:1: 'is no k': write is not, does not exist, or invalid '…'\n    /** The file is no kubeconfig.",
  ])
})

test.each([
  'there is no such file',
  'run the same command again; completed steps are skipped',
  'kadm restores the files that it changed',
])('%s is plain', text => {
  expect(oddWordingsIn([{place: 'x', text}], ODD_WORDINGS)).toEqual([])
})

test('the titles of tests are the first arguments of it, test and describe, also of their forms', () => {
  const source = "describe.each([1])('a host', () => { it.skipIf(true)('is told', run('no title')) })"

  expect(titlesOf('x.ts', source).map(({text}) => text)).toEqual(['a host', 'is told'])
})
