import {expect, test} from 'vitest'
import {judgeSlowness} from '../../src/engine/hosts/why-slow.ts'

test.each([
  ['load 37.10\nprocessors 2\n', 'the host is overloaded (load 37.1 on 2 processors)'],
  ['load 3.90\nprocessors 2\n', 'a program that kadm runs on the host does not answer'],
  [
    'load 0.00\nprocessors 64\nwaits df\nwaits df\nwaits kubelet\n',
    'a disk or a mount of the host does not answer (df, kubelet',
  ],
  ['load 90.00\nprocessors 2\nwaits nfsd\n', 'a disk or a mount of the host does not answer (nfsd'],
  ['', 'a program that kadm runs'],
  [undefined, 'the host does not run even a small script'],
])('%j', (said, why) => {
  expect(judgeSlowness(said).hint).toContain(why)
})
