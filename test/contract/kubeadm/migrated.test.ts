import {describe, expect, test} from 'vitest'
import {migrate} from '../../../src/config/write/migrate.ts'
import {RENDERED} from './cases.ts'
import {environment, GIVEN} from './given.ts'
import {isOfInit, kadmInit} from './kadm-init.ts'
import {ODD} from './odd/odd.ts'
import {isTakenByKadm} from './taken.ts'

const cases = Object.entries({...RENDERED, ...GIVEN, ...ODD}).filter(
  ([, text]) => isOfInit(text) && !text.includes('kadm/v1') && isTakenByKadm(text),
)
const machine = {address: '192.0.2.77', caDirs: []}

describe('a file of kubeadm that becomes a kadm.yaml', () => {
  test.each(cases)('renders the same, or says what it lost: %s', (_, text) => {
    const {text: migrated, leftOut} = migrate('kubeadm.yaml', text, environment)

    // An init ignores the documents of other commands.
    expect(leftOut.filter(line => !/kind: (Upgrade|Reset)Configuration/.test(line))).toEqual([])
    expect(kadmInit(migrated, machine, environment)).toEqual(kadmInit(text, machine, environment))
  })
})
