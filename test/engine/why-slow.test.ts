import {expect, test} from 'vitest'
import {judgeSlowness} from '../../src/engine/hosts/why-slow.ts'

test.each([
  ['load 37.10\nprocessors 2\n', 'it is overloaded (load 37.1 on 2 processors)'],
  ['load 3.90\nprocessors 2\n', 'one of the programs that kadm asks there does not answer'],
  [
    'load 0.00\nprocessors 64\nwaits df\nwaits df\nwaits kubelet\n',
    'a disk or a mount of it does not answer (df, kubelet',
  ],
  ['load 90.00\nprocessors 2\nwaits nfsd\n', 'a disk or a mount of it does not answer (nfsd'],
  ['', 'one of the programs'],
  [undefined, 'it no longer runs even a small script'],
])('%j', (said, why) => {
  expect(judgeSlowness(said).hint).toContain(why)
})
