import {describe, expect, test} from 'vitest'
import type {CloudInitFacts} from '../../../src/domain/facts.ts'
import {seen} from './sample.ts'

test('a worker that would be renamed is reported with the way to another name', () => {
  expect(seen('Hostname', {role: 'worker', nodeName: 'old-name'})).toEqual([
    'error master: is already node old-name and cannot be renamed to master -> keep the name old-name, ' +
      'or remove the node first with kadm reset old-name --to CONTROL-PLANE, then join it as master',
  ])
})

describe('cloud-init', () => {
  const says = (userData: Partial<CloudInitFacts['userData']>, disabled = false) =>
    seen('CloudInit', {
      cloudInit: {disabled, userData: {preserveHostname: undefined, manageEtcHosts: undefined, ...userData}},
    })
  const remedy =
    'remove that from the user-data, or turn off cloud-init there: sudo touch /etc/cloud/cloud-init.disabled'

  test('whose user-data counts more than what kadm writes is reported', () => {
    expect(says({preserveHostname: 'false', manageEtcHosts: 'true'})).toEqual([
      `warning master: the user-data of cloud-init sets preserve_hostname: false, which renames the host at boot -> ${remedy}`,
      `warning master: the user-data of cloud-init sets manage_etc_hosts: true, which writes /etc/hosts again at every boot -> ${remedy}`,
    ])
  })

  test('that leaves names alone, is off or does not exist does not matter', () => {
    expect(says({})).toEqual([])
    expect(says({preserveHostname: 'true', manageEtcHosts: 'false'})).toEqual([])
    expect(says({manageEtcHosts: 'true'}, true)).toEqual([])
    expect(seen('CloudInit', {cloudInit: undefined})).toEqual([])
  })
})
