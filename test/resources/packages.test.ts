import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {waitForApt} from '../../src/resources/packages/apt-lock.ts'
import {packages, packagesKind} from '../../src/resources/packages/packages.ts'
import {lifecycle, workbenches, type Workbench} from './shell-runner.ts'

const bench = workbenches()
describe('packages', () => {
  /** What a host has installed (`name version hold`), what its lists know (`name version`), and what `apt-get update` adds to them. */
  interface Machine {
    readonly installed?: string
    readonly known?: string
    readonly update?: string
    readonly fails?: 'download' | 'install' | 'update'
  }

  function machine({installed = '', known = '', update = '', fails}: Machine): Workbench {
    const b = bench()
    const file = (name: string, text: string): string => {
      writeFileSync(join(b.root, name), text)
      return join(b.root, name)
    }
    const [state, lists, news] = [file('state', installed), file('lists', known), file('news', update)]
    b.stub(
      'dpkg-query',
      `case "$*" in *Want*) shift 3; for n; do sed -n "s/^\\($n\\) \\([^ ]*\\) \\(.*\\)/\\1 \\3 installed \\2/p" ${state}; done;;
*'\${Package} \${db:Status-Status}'*) shift 2; shift; for n; do sed -n "s/^\\($n\\) .*/\\1 installed/p" ${state}; done;;
*'\${Version}'*) for last; do :; done; sed -n "s/^$last \\([^ ]*\\) .*/\\1/p" ${state} | tr -d '\\n';;
*) cut -d' ' -f1 ${state};; esac`,
    )
    b.stub('apt-cache', `sed -n "s/^$2 \\(.*\\)/ $2 | \\1 | https:\\/\\/pkgs.example.org Packages/p" ${lists}`)
    b.stub(
      'apt-mark',
      `verb=$1; shift; for n; do sed -i "s/^\\($n [^ ]*\\) .*/\\1 $([ $verb = hold ] && echo hold || echo install)/" ${state}; done`,
    )
    b.stub(
      'apt-get',
      `case "$*" in
*--simulate*autoremove) sed -n 's/^\\(kubernetes-cni\\) \\(.*\\) .*/Remv \\1 [\\2]/p' ${state};;
*' update') cat ${news} >>${lists}; ${fails === 'update' ? `echo 'W: Failed to fetch https://pkgs.example.org/InRelease'; exit 100` : ''};;
*--download-only*) ${fails === 'download' ? `echo 'E: Failed to fetch https://pkgs.example.org/kubelet.deb  404  Not Found'; exit 100` : ':'};;
*' install '*) for a; do case $a in kube*=*) n=\${a%%=*}; sed -i "/^$n /d" ${state}; echo "$n \${a#*=} install" >>${state};; containerd) echo 'containerd 1.7.24 install' >>${state};; esac; done
case "$*" in *kubelet=*) grep -q cni ${state} || echo 'kubernetes-cni 1.8.0 install' >>${state};; esac
${fails === 'install' ? `echo 'E: Sub-process /usr/bin/dpkg returned an error code (1)'; exit 100` : ':'};;
*' purge '*) for a; do sed -i "/^$a /d" ${state}; done;;
esac`,
    )
    return b
  }
  const kubernetes = packages({
    name: 'kubernetes',
    packages: [
      {name: 'kubelet', release: '1.37.2', held: true},
      {name: 'kubectl', release: '1.37.2', held: true},
    ],
    lockSeconds: 5,
    why: 'they run the pods',
  })
  const KNOWN = 'kubelet 1.37.3-1.1\nkubelet 1.37.2-1.1\nkubectl 1.37.3-1.1\nkubectl 1.37.2-1.1\n'
  const calls = ({root}: Workbench): string => readFileSync(join(root, 'calls'), 'utf8')
  const stateOf = ({root}: Workbench): string => readFileSync(join(root, 'state'), 'utf8')
  const change = (b: Workbench, resource = kubernetes) => {
    const {look} = lifecycle(b, packagesKind, resource)
    return b.run(`set -eu\n( set -eu; ${packagesKind.act(resource, look()).text}\n) </dev/null >&2`)
  }

  test('that a later kadm wants too are purged only when they were not there before kadm', () => {
    const b = machine({installed: 'kubectx 1.0-1 install\n', known: KNOWN})
    const first = lifecycle(b, packagesKind, kubernetes).look()
    b.run(packagesKind.backup?.(kubernetes, first) ?? '')
    change(b)
    const more = packages({
      name: 'kubernetes',
      packages: [...kubernetes.packages.map(({name}) => ({name, release: '1.37.2', held: true})), {name: 'kubectx'}],
      lockSeconds: 5,
      why: kubernetes.why,
    })
    const original = packagesKind.ledgerState?.(kubernetes, first) ?? first

    const {code} = b.run(`set -eu\n( set -eu; ${packagesKind.revert(more, original).text}\n) </dev/null >&2`)

    expect(code).toBe(0)
    expect(stateOf(b)).toBe('kubectx 1.0-1 install\n')
  })

  test('are installed together at the newest build of their release, held, and gone again by undo with what came along', () => {
    const b = machine({installed: 'bash 5.2 install\n', known: KNOWN})
    const cycle = lifecycle(b, packagesKind, kubernetes)

    expect(cycle.diff()).toBe('kubelet 1.37.2 is not installed, kubectl 1.37.2 is not installed')
    const original = cycle.apply()
    expect(stateOf(b)).toBe(
      'bash 5.2 install\nkubelet 1.37.2-1.1 hold\nkubectl 1.37.2-1.1 hold\nkubernetes-cni 1.8.0 install\n',
    )
    expect(cycle.diff()).toBeUndefined()
    expect(calls(b)).not.toContain('update')
    cycle.undo(original)

    expect(stateOf(b)).toBe('bash 5.2 install\n')
  })

  test('are gone after an undo that is done a second time', () => {
    const b = machine({known: KNOWN})
    const cycle = lifecycle(b, packagesKind, kubernetes)
    const original = cycle.apply()

    cycle.undo(original)
    cycle.undo(original)

    expect(stateOf(b)).toBe('')
  })

  test('of another release are replaced, and come back by undo', () => {
    const before = 'kubelet 1.36.0-1.1 hold\nkubectl 1.37.2-1.1 install\n'
    const b = machine({installed: before, known: `${KNOWN}kubelet 1.36.0-1.1\n`})
    const cycle = lifecycle(b, packagesKind, kubernetes)

    expect(cycle.diff()).toBe('kubelet is 1.36.0-1.1, should be 1.37.2, kubectl is not held at its version')
    const original = cycle.apply()
    expect(cycle.diff()).toBeUndefined()
    cycle.undo(original)

    expect(cycle.look()).toEqual(original)
  })

  test('that are there are only held', () => {
    const b = machine({installed: 'kubelet 1.37.2-1.1 install\nkubectl 1.37.2-2.1 install\n'})

    lifecycle(b, packagesKind, kubernetes).apply()

    expect(calls(b)).not.toContain('apt-get')
    expect(stateOf(b)).toBe('kubelet 1.37.2-1.1 hold\nkubectl 1.37.2-2.1 hold\n')
  })

  test('that the lists do not know yet are found by one update', () => {
    const b = machine({update: KNOWN})

    lifecycle(b, packagesKind, kubernetes).apply()

    expect(calls(b).match(/ update$/gm)).toHaveLength(1)
    expect(stateOf(b)).toContain('kubelet 1.37.2-1.1 hold\n')
  })

  test('of a release that does not exist are reported with the nearest that do, and nothing is installed', () => {
    const b = machine({known: 'kubelet 1.37.1-1.1\nkubelet 1.37.0-1.1\nkubectl 1.37.2-1.1\n'})

    expect(change(b)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /could not fetch kubelet kubectl: there is no kubelet 1\.37\.2; nearest: 1\.37\.1-1\.1, 1\.37\.0-1\.1\n$/,
      ) as unknown,
    })
    expect(stateOf(b)).toBe('')
  })

  test('that no source has are reported with what apt said of its sources', () => {
    const containerd = packages({
      name: 'runtime',
      packages: [{name: 'containerd', held: true}],
      lockSeconds: 5,
      why: '',
    })

    expect(change(machine({fails: 'update'}), containerd).stderr).toMatch(
      /could not fetch containerd: no package source of this host has containerd \(apt-get update: Failed to fetch https:\/\/pkgs\.example\.org\/InRelease\)\n$/,
    )
  })

  test('that cannot be downloaded are not begun to install', () => {
    const b = machine({known: KNOWN, fails: 'download'})

    expect(change(b).stderr).toMatch(
      /could not fetch kubelet kubectl: Failed to fetch .*kubelet\.deb {2}404 {2}Not Found\n$/,
    )
    expect(calls(b)).not.toContain('--no-download')
  })

  test('that could not be set up are taken away again', () => {
    const b = machine({known: KNOWN, fails: 'install'})

    expect(change(b).stderr).toMatch(/could not install kubelet kubectl: Sub-process .*\n$/)
    expect(stateOf(b)).not.toMatch(/kubelet|kubectl/)
  })

  test('belong to the user after a change of the version, but not after a removed hold', () => {
    const installed = (version: string) => [
      {name: 'kubelet', version, held: false},
      {name: 'kubectl', version: '1.37.2-1.1', held: true},
    ]

    expect(packagesKind.drift?.(kubernetes, {installed: installed('1.37.2-1.1')})).toBeUndefined()
    expect(packagesKind.drift?.(kubernetes, {installed: []})).toBeUndefined()
    expect(packagesKind.drift?.(kubernetes, {installed: installed('1.37.3-1.1')})).toBe(
      'kubelet is 1.37.3-1.1, should be 1.37.2',
    )
  })
})

describe('the wait for the package manager', () => {
  test('continues when nobody holds its locks', () => {
    const b = bench()
    writeFileSync(join(b.root, 'lock'), '')

    expect(
      b.run(`set -eu\n${waitForApt(0, [join(b.root, 'lock'), join(b.root, 'none')]).text}\necho on`),
    ).toMatchObject({code: 0, stdout: 'on\n'})
  })

  test('tells who holds its locks and for how long, at once and when the time is over', async () => {
    const b = bench()
    const lock = join(b.root, 'lock')
    writeFileSync(lock, '')
    const holder = spawn('/usr/bin/flock', ['--no-fork', lock, 'sleep', '30'])
    try {
      await once(holder, 'spawn')
      await expect.poll(() => readFileSync('/proc/locks', 'utf8')).toContain(` ${String(holder.pid)} `)

      const {code, stderr} = b.run(`set -eu\n${waitForApt(3, [lock]).text}`)

      const holds = String.raw`it is held by \w+ \(pid ${String(holder.pid)}, for \d+ s: [^)]*sleep 30\)\n`
      expect(code).toBe(1)
      expect(stderr).toMatch(
        new RegExp(
          `^\u001dtell waits for the package manager, at most [23] s more; ${holds}waited 3 s for the package manager; ${holds}$`,
        ),
      )
    } finally {
      holder.kill()
      await once(holder, 'exit')
    }
  })
})
