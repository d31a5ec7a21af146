import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {evidenceScript, parseEvidence} from '../../src/facts/evidence/evidence.ts'
import {workbenches, type Workbench} from '../resources/shell-runner.ts'

const bench = workbenches()

/** The script with stand-ins before the real programs. */
const run = (on: Workbench) => on.run(evidenceScript().text.replace('PATH=', `PATH=${join(on.keep, '..', 'bin')}:`))

const JOURNAL = String.raw`cat <<'END'
1795502019.100000 kubelet[311]: I1124 06:33:39.100000     311 server.go:177] "mere information"
1795502019.200000 kubelet[311]:         podLogsDir: /var/log/pods
1795502019.300000 systemd[1]: kubelet.service: Failed with result 'exit-code'.
1795502020.000000 kubelet[311]: E1124 06:33:40.000000     311 run.go:72] "command failed" err="listen tcp 10.0.0.10:6443"
1795502030.000000 kubelet[452]: E1124 06:33:50.000000     452 run.go:72] "command failed" err="listen tcp 10.0.0.10:6443"
1795502031.000000 kubelet[452]: I1124 06:33:51.000000     452 kubelet.go:3343] "Container runtime network not ready"
1795502032.000000 kubelet[452]: W1124 06:33:52.000000     452 x.go:1] "a" token="abcdef.0123456789abcdef" header="Bearer abcdefghijklmnop.xyz" url="http://user:hunter22@proxy:3128" jwt="eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJr.c2ln"
1795502033.000000 kubelet[452]: E1124 06:33:53.000000     452 x.go:1] "invalid bearer token, Token has been invalidated"
END`

describe('the script that looks', () => {
  test('runs on a machine that is not a node, writes nothing to stderr and can be read', () => {
    const {code, stdout, stderr} = bench().run(evidenceScript())

    expect([code, stderr]).toEqual([0, ''])
    expect(parseEvidence(stdout).memory.totalBytes).toBeGreaterThan(0)
  })

  test('leaves out what only informs, tells equal lines once, and lets no secret off the host', () => {
    const on = bench()
    on.stub('journalctl', `case "$*" in *kubelet*) ${JOURNAL}\n;; esac`)
    const {stdout} = run(on)
    const {lines} = parseEvidence(stdout).kubelet

    expect(lines.map(({count, text}) => [count, text])).toEqual([
      [1, "kubelet.service: Failed with result 'exit-code'."],
      [2, 'E1124 06:33:50.000000     452 run.go:72] "command failed" err="listen tcp 10.0.0.10:6443"'],
      [1, 'I1124 06:33:51.000000     452 kubelet.go:3343] "Container runtime network not ready"'],
      [
        1,
        'W1124 06:33:52.000000     452 x.go:1] "a" token="[secret]" header="Bearer [secret]" url="http://user:[secret]@proxy:3128" jwt="[secret]"',
      ],
      [1, 'E1124 06:33:53.000000     452 x.go:1] "invalid bearer token, Token has been invalidated"'],
    ])
    expect(lines[1]?.at).toBe(1_795_502_030)
    expect(stdout).not.toMatch(/0123456789abcdef|abcdefghijklmnop|hunter22|eyJ/)
  })

  test.each([
    ['a flag and its value', '--bootstrap-token zz1.yy2 --token=abc123', /zz1|abc123/],
    ['a variable', 'Environment="AWS_SECRET_ACCESS_KEY=abcd/efgh HTTP_PASSWORD=pw12"', /abcd|pw12/],
    ['a password with signs of addresses in it', 'proxy http://me:p@ss:w0rd@proxy:3128/', /p@ss|w0rd/],
    ['a login name that is a token', 'Head "https://ghp_abc123@git.example/v2/"', /ghp_abc123/],
    ['a key in a kubeconfig', 'client-key-data: c2VjcmV0a2V5', /c2VjcmV0a2V5/],
  ])('lets no secret off the host: %s', (_, text, secret) => {
    const on = bench()
    on.stub(
      'journalctl',
      `case "$*" in *kubelet*) cat <<'END'\n1795502033.000000 kubelet[452]: E1124 06:33:53.000000     452 x.go:1] ${text}\nEND\n;; esac`,
    )
    const said = run(on).stdout

    expect(said).toContain('[secret]')
    expect(said).not.toMatch(secret)
  })

  test('ends in good time when every program hangs', () => {
    const on = bench()
    for (const program of ['journalctl', 'systemctl', 'ctr', 'containerd', 'df', 'find']) on.stub(program, 'sleep 60')
    const started = performance.now()
    const {code, stdout} = run(on)

    expect(code).toBe(0)
    expect(performance.now() - started).toBeLessThan(15_000)
    expect(parseEvidence(stdout).kubelet.lines).toEqual([])
  }, 20_000)

  test('opens no file that holds a key', () => {
    expect(evidenceScript().text).not.toMatch(/\.key\b/)
  })
})
