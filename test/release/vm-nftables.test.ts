import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {closeByNftables, CLOSED_NFTABLES, namedAfterKadm, ruleset} from './closed-machine.ts'
import type {TestLab} from '../e2e/test-lab.ts'
import {bootGateway, type Gateway} from '../e2e/vm-gateway.ts'

describe('a VM with a firewall that is a file of nftables', () => {
  let gateway: Gateway
  let lab: TestLab
  let before: readonly string[] = []

  beforeAll(async () => {
    gateway = await bootGateway('release-vm-nftables')
    lab = gateway.lab
  })
  afterAll(() => gateway.down())

  it('lets through what is needed and nothing else, now and after a boot', async () => {
    await closeByNftables(lab, 'one')
    before = await ruleset(lab, 'one')
    expect(await gateway.knocked(6443)).toBe('silent')

    await gateway.init()

    await gateway.holdsNowAndAfterABoot(async () => {
      expect(await lab.must('one', "sudo nft list table inet filter | grep -c 'kadm: '")).toBe('7')
      expect(await gateway.knocked(6443)).toBe('refused')
      expect(await gateway.knocked(10250)).toBe('silent')
    })
    expect((await gateway.init('--json')).events.at(-1)).toMatchObject({changes: 0})
  })

  it('is what it was after a reset', async () => {
    await gateway.reset()

    expect(await ruleset(lab, 'one')).toEqual(before)
    expect(`${await lab.must('one', 'cat /etc/nftables.conf')}\n`).toBe(CLOSED_NFTABLES)
    expect(await namedAfterKadm(lab, 'one')).toBe('')
  })
})
