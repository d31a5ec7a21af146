import {execFileSync} from 'node:child_process'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {refusedIn, type Refused} from './refused.ts'
import {testLab, type TestLab} from './test-lab.ts'

const MACHINES = ['alpha', 'beta']
const PASSWORD = 'open-sesame'

describe('kadm names the mistake of the user, and touches no machine', () => {
  let lab: TestLab
  let keys = ''
  let refused: Refused

  beforeAll(async () => {
    lab = await testLab('e2e-mistakes', MACHINES)
    refused = refusedIn(lab)
    keys = await readFile(lab.lab.knownHostsFile, 'utf8')
  })
  afterAll(() => lab.down())

  const init = (...more: readonly string[]): readonly string[] => [
    'init',
    lab.target('alpha'),
    '--bundle',
    lab.bundleDir,
    ...more,
  ]
  const both = (): readonly string[] => ['preflight', ...MACHINES.map(lab.target)]
  const yaml = (text: string): string =>
    text
      .replaceAll('ALPHA', lab.address('alpha'))
      .replaceAll('BETA', lab.address('beta'))
      .replaceAll('BUNDLE', lab.bundleDir)

  describe('in the file', () => {
    it.each([
      [
        'a misspelt key, with its place and the key that was meant',
        'kubernetesVersoin: v1.37.2\nhosts:\n- {name: alpha, role: control-plane, ssh: {address: ALPHA}}\n',
        /kadm\.yaml:3:1: .*'kubernetesVersoin'; did you mean 'kubernetesVersion'/s,
      ],
      [
        'two hosts with one address',
        'hosts:\n- {name: alpha, role: control-plane, ssh: {address: ALPHA}}\n- {name: beta, role: worker, ssh: {address: ALPHA}}\n',
        /kadm\.yaml:5:\d+: .*has the same SSH address as .*:4:.*: ALPHA port 22/s,
      ],
      [
        'that no host is a control plane',
        'hosts:\n- {name: beta, role: worker, ssh: {address: BETA}}\n',
        /kadm\.yaml:\d+:\d+: .*control.plane/s,
      ],
      [
        'pod and service ranges that overlap',
        'network: {podSubnet: 10.96.0.0/16, serviceSubnet: 10.96.0.0/12}\nhosts:\n- {name: alpha, role: control-plane, ssh: {address: ALPHA}}\n',
        /kadm\.yaml:3:\d+: .*overlap/s,
      ],
      [
        'a version that kadm cannot install',
        'kubernetesVersion: v1.30.1\nhosts:\n- {name: alpha, role: control-plane, ssh: {address: ALPHA}}\n',
        /kadm\.yaml:3:\d+: .*1\.30\.1.*1\.35.*1\.37/s,
      ],
    ])('%s', async (_, text, words) => {
      await lab.write('kadm.yaml', yaml(`apiVersion: kadm/v1\nkind: Cluster\n${text}`))

      const {code, text: told} = await refused(['apply'])

      expect(code).toBe(2)
      expect(told).toMatch(new RegExp(yaml(words.source), words.flags))
    })
  })

  describe('on the way to the machines', () => {
    it('a host that is down, and another that has no address, both in one go', async () => {
      const {code, errors} = await refused([
        'preflight',
        lab.target('alpha'),
        lab.target('beta').replace(/\d+$/, '250'),
        'ubuntu@no-such-machine.invalid',
      ])

      expect(code).toBe(4)
      expect(errors.map(({message}) => message)).toEqual([
        expect.stringMatching(/no route to .*\.250:22|\.250:22 did not answer/),
        'cannot resolve no-such-machine.invalid',
      ])
    })

    it('a key that the machine does not take', async () => {
      const key = join(lab.home, 'other-key')
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])

      const {code, text} = await refused([...both(), '-i', key, '--known-hosts', lab.lab.knownHostsFile], {bare: true})

      expect(code).toBe(4)
      expect(text).toMatch(/cannot log in as ubuntu at .*:22/)
      expect(text).toMatch(/other-key.*refused/)
      expect(text).toMatch(/authorized_keys/)
    })

    it('a machine never seen before, for which nobody can be asked; the flag it names then helps', async () => {
      const known = await lab.write('known', '')
      const login = ['-i', lab.lab.keyFile, '--known-hosts', known]

      const {code, text} = await refused([...both(), ...login], {bare: true})
      const accepted = await lab.kadm([...both(), ...login, '--accept-new-host-keys'], {bare: true})

      expect(code).toBe(4)
      expect(text).toContain('--accept-new-host-keys')
      expect(text).toMatch(/received: ssh-ed25519 SHA256:/)
      expect(accepted.code).toBe(0)
      expect((await readFile(known, 'utf8')).trim().split('\n').sort()).toEqual(keys.trim().split('\n').sort())
    })

    it('a machine whose host key has changed, with both fingerprints, and no flag gets around that', async () => {
      const [alpha = '', beta = ''] = lab.lab.machines.map(({hostKey}) => hostKey)
      const known = await lab.write(
        'known',
        keys.replaceAll(lab.address('beta'), 'x').replaceAll(lab.address('alpha'), lab.address('beta')),
      )
      const login = ['-i', lab.lab.keyFile, '--known-hosts', known]

      const {code, text} = await refused(['init', lab.target('beta'), ...login, '--accept-new-host-keys'], {bare: true})

      expect(code).toBe(4)
      expect(text).toMatch(/host key of .* has changed/)
      expect(text).toMatch(new RegExp(`known: .*${escaped(alpha)}`))
      expect(text).toMatch(new RegExp(`received: .*${escaped(beta)}`))
      expect(text).toContain('ssh-keygen -R')
    })
  })

  describe('as the wrong user', () => {
    beforeAll(async () => {
      const users = ['plain', 'typist'].map(
        user =>
          `useradd -m -s /bin/bash ${user}; cp -r ~ubuntu/.ssh ~${user}/; chown -R ${user}: ~${user}/.ssh; echo ${user}:${PASSWORD} | chpasswd`,
      )
      await lab.must('beta', `sudo bash -ec '${users.join('\n')}\necho "typist ALL=(ALL) ALL" > /etc/sudoers.d/typist'`)
    })
    afterAll(() => lab.must('beta', `sudo sh -c 'userdel -rf plain; userdel -rf typist; rm /etc/sudoers.d/typist'`))
    const as = (user: string): string => `${user}@${lab.address('beta')}`

    it('one without any right to become root', async () => {
      const {code, text} = await refused(['preflight', as('plain')], {env: {KADM_SUDO_PASSWORD: PASSWORD}})

      expect(code).toBe(4)
      expect(text).toMatch(/plain is not allowed to become root/)
    })

    it('one whose sudo wants a password: the flag is named, and from where there is no terminal the variable', async () => {
      const without = await refused(['preflight', as('typist')])
      const asking = await refused(['preflight', as('typist'), '-K'])
      const wrong = await refused(['preflight', as('typist')], {env: {KADM_SUDO_PASSWORD: 'another-word'}})
      const right = await lab.kadm(['preflight', as('typist')], {env: {KADM_SUDO_PASSWORD: PASSWORD}})

      expect(without).toMatchObject({code: 4, text: expect.stringContaining('--ask-sudo-password') as unknown})
      expect(asking).toMatchObject({code: 2, text: expect.stringContaining('KADM_SUDO_PASSWORD') as unknown})
      expect(wrong).toMatchObject({
        code: 4,
        text: expect.stringContaining('sudo password of typist is wrong') as unknown,
      })
      expect(right).toMatchObject({code: 0})
    })
  })

  describe('in the machines', () => {
    it('one that was cloned from another', async () => {
      const files = '/etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub'
      const own = await lab.must('beta', `tar -cP ${files} | base64 -w0`)
      await lab.must(
        'beta',
        'sudo sh -c "base64 -d | tar -xP"',
        await lab.must('alpha', `tar -cP ${files} | base64 -w0`),
      )

      const {code, stdout} = await lab.kadm(both())
      await lab.must('beta', 'sudo sh -c "base64 -d | tar -xP"', own)

      expect(code).toBe(3)
      expect(stdout).toMatch(/error: .*: Clone: .* was cloned from .*: same machine-id.* and SSH host key/)
      expect(stdout).toMatch(/next: .*kadm repair clones/)
    })

    it('a pod range in which they have their own addresses', async () => {
      const {code, text} = await refused(init('--pod-network-cidr', lab.lab.subnet))

      expect(code).toBe(2)
      expect(text).toContain(`${lab.address('alpha')} is in the pod range ${lab.lab.subnet}`)
    })

    it('a pod range to which one of them has another way, and a free one', async () => {
      await lab.must('alpha', 'sudo ip route add 10.244.7.0/24 dev host0')

      const {code, text} = await refused(init())
      await lab.must('alpha', 'sudo ip route delete 10.244.7.0/24')

      expect(code).toBe(3)
      expect(text).toMatch(
        /NetworkRanges: the pod range 10\.244\.0\.0\/16 overlaps its route to 10\.244\.7\.0\/24 by host0/,
      )
      expect(text).toMatch(/--pod-network-cidr 10\.\d+\.0\.0\/16/)
    })

    it('a kubelet that is newer than the cluster', async () => {
      await lab.must(
        'beta',
        `printf '#!/bin/sh\\necho Kubernetes v1.38.0\\n' | sudo tee /usr/bin/kubelet; sudo chmod 755 /usr/bin/kubelet`,
      )

      const {code, stdout} = await lab.kadm(both())
      await lab.must('beta', 'sudo rm /usr/bin/kubelet')

      expect(code).toBe(3)
      expect(stdout).toMatch(/KubeletVersion: its kubelet v1\.38\.0 is newer than the cluster's v1\.37\.2/)
    })

    it('a phase that does not exist', async () => {
      const {code, text} = await refused(init('--only', 'prepare,kublet'))

      expect(code).toBe(2)
      expect(text).toMatch(/kublet/)
    })
  })
})

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)
