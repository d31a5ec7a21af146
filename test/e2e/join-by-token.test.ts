import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {bringTool, kadmOn, TOOL} from './bring-tool.ts'
import type {Answer} from './ssh.ts'
import {differences, snapshot, type Snapshot} from './snapshot.ts'
import {measured, testLab, type TestLab} from './test-lab.ts'

const WRONG_PIN = `sha256:${'0'.repeat(64)}`

describe('a person on the machines themselves', () => {
  let lab: TestLab
  let endpoint = ''
  let token = ''
  let pin = ''
  let untouched: Snapshot | undefined

  beforeAll(async () => {
    lab = await testLab('e2e-local', ['master', 'worker'])
    await Promise.all(['master', 'worker'].map(machine => bringTool(lab, machine)))
  })
  afterAll(() => lab.down())

  const kadm = (machine: string, args: string): Promise<Answer> => kadmOn(lab, machine, args)
  const joinLine = (token: string, caHash: string): string =>
    `join ${endpoint} --token ${token} --discovery-token-ca-cert-hash ${caHash} --bundle ${TOOL}/bundle`
  const refusedJoin = async (token: string, caHash: string): Promise<Answer> => {
    untouched ??= await snapshot(lab, 'worker')
    const answer = await kadm('worker', joinLine(token, caHash))
    expect(differences(untouched, await snapshot(lab, 'worker'))).toEqual([])
    return answer
  }

  it('makes the first control plane with sudo kadm init', async () => {
    const {code, stdout, stderr} = await measured('sudo kadm init', () =>
      kadm('master', `init --bundle ${TOOL}/bundle`),
    )

    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/next: kubectl get nodes/)
    expect(await lab.must('master', 'kubectl get nodes --no-headers')).toMatch(/^master +Ready +control-plane /)
    expect(await kadm('master', 'status')).toMatchObject({code: 0})
  })

  it('proves there that the cluster of one works', async () => {
    const {code, stdout, stderr} = await measured('sudo kadm verify', () => kadm('master', 'verify'))

    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/^\d+ of \d+ checks passed/m)
  })

  it('makes a token there, and its line names the endpoint and the pin', async () => {
    const line = await kadm('master', 'token create --print-join-command')

    const words = line.stdout.split(' ')
    expect(words.slice(0, 2)).toEqual(['kubeadm', 'join'])
    endpoint = words[2] ?? ''
    token = words[words.indexOf('--token') + 1] ?? ''
    pin = words[words.indexOf('--discovery-token-ca-cert-hash') + 1] ?? ''
    expect(endpoint).toBe(`${lab.address('master')}:6443`)
    expect(pin).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it('is refused on the worker with a wrong pin, is shown both, and nothing is touched', async () => {
    const {code, stderr} = await refusedJoin(token, WRONG_PIN)

    expect(code).toBe(2)
    expect(stderr).toContain(WRONG_PIN)
    expect(stderr).toContain(pin)
  })

  it('is refused with a token whose secret is wrong', async () => {
    const {code, stderr} = await refusedJoin(`${token.slice(0, 7)}0123456789abcdef`, pin)

    expect(code).toBe(2)
    expect(stderr).toContain(`the secret of token ${token.slice(0, 6)} does not match the signature of the cluster`)
    expect(stderr).not.toContain('0123456789abcdef')
  })

  it('is refused with a token that has expired', async () => {
    const expired = await kadm('master', 'token create --ttl 1s')
    await lab.must('master', 'sleep 5')

    const {code, stderr} = await refusedJoin(expired.stdout, pin)

    expect(code).toBe(2)
    expect(stderr).toMatch(/the token \w{6} does not exist in the cluster or has expired \(the cluster has \w{6}\)/)
    expect(stderr).toMatch(/kadm token create/)
  })

  it('is refused without a pin', async () => {
    const {code, stderr} = await kadm('worker', `join ${endpoint} --token ${token} --bundle ${TOOL}/bundle`)

    expect(code).toBe(2)
    expect(stderr).toContain('--discovery-token-ca-cert-hash')
  })

  it('joins with the right line, and the node becomes ready', async () => {
    const {code, stdout, stderr} = await measured('sudo kadm join', () => kadm('worker', joinLine(token, pin)))

    expect(code, stderr).toBe(0)
    expect(stdout + stderr).not.toContain(token.slice(7))
    await lab.must('master', 'kubectl wait --for=condition=Ready node/worker --timeout=120s')
    await lab.must('master', 'kubectl -n kube-flannel rollout status daemonset/kube-flannel-ds --timeout=120s')
    expect(await kadm('master', 'status')).toMatchObject({code: 0})
    expect(await kadm('worker', joinLine(token, pin))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing to change') as unknown,
    })
  })
})
