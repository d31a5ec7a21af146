import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {TestLab} from '../e2e/test-lab.ts'
import {changedIn} from '../e2e/told.ts'
import {bootGateway, PRIVATE, type Gateway} from '../e2e/vm-gateway.ts'

describe('a VM with ufw', () => {
  let gateway: Gateway
  let lab: TestLab

  beforeAll(async () => {
    gateway = await bootGateway('release-vm-firewall')
    lab = gateway.lab
  })
  afterAll(() => gateway.down())

  const ufwState = (): Promise<string> =>
    lab.must(
      'one',
      'sudo sh -c "ufw status numbered; sha256sum /etc/ufw/* /etc/default/ufw 2>/dev/null; nft -s list ruleset"',
    )
  let before = ''

  it('shows the rules that it will get, before it gets them', async () => {
    await lab.must('one', `sudo ufw allow 22/tcp comment mine && sudo ufw deny 9999 && sudo ufw --force enable`)
    before = await ufwState()

    const planned = await gateway.init('--dry-run')

    expect(planned.stdout).toContain('+ufw allow 6443/tcp')
    expect(planned.stdout).toContain('+ufw route allow in on cni0 from 10.244.0.0/16')
    expect(planned.stdout).toMatch(new RegExp(`\\+ufw route allow out on \\w+ from ${PRIVATE}.0/24`))
    expect(await ufwState()).toBe(before)
    expect(await gateway.knocked(6443)).toBe('silent')
    expect(await gateway.seenOutside()).toBe('nobody')
  })

  it('lets through what is needed and nothing else, now and after a boot', async () => {
    await gateway.init()
    expect((await gateway.init('--json')).events.at(-1)).toMatchObject({changes: 0})

    await gateway.holdsNowAndAfterABoot(async () => {
      expect(await lab.must('one', "sudo ufw show added | grep -c 'kadm: '")).toBe('5')
      expect(await lab.must('one', 'sudo ufw status')).toMatch(/^Status: active/)
      expect(await gateway.knocked(6443)).toBe('refused')
      expect(await gateway.knocked(10250)).toBe('silent')
      expect(await lab.must('one', 'cat /proc/sys/net/ipv4/ip_forward')).toBe('1')
    })
  })

  it('gets a deleted rule back', async () => {
    await lab.must('one', 'sudo ufw delete allow 6443/tcp')

    expect(changedIn((await gateway.init('--json')).events)).toEqual(['one ufw-rules'])
  })

  it('is what it was after a reset', async () => {
    await gateway.reset()

    expect(await ufwState()).toBe(before)
    expect(await gateway.seenOutside()).toBe('nobody')
    expect(await lab.must('one', 'cat /proc/sys/net/ipv4/ip_forward')).toBe('0')
  })
})
