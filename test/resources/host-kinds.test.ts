import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {hostname, hostnameKind} from '../../src/resources/host/hostname.ts'
import {kernelModule, kernelModuleKind} from '../../src/resources/kernel/kernel-module.ts'
import {sysctl, sysctlKind} from '../../src/resources/kernel/sysctl.ts'
import {wait, waitKind} from '../../src/resources/steps/wait.ts'
import {sh} from '../../src/remote/shell/shell.ts'
import {lifecycle, workbenches, type Workbench} from './shell-runner.ts'

const bench = workbenches()
const why = 'a test needs it'
const put = (b: Workbench, path: string, text: string): void => {
  mkdirSync(join(b.root, path, '..'), {recursive: true})
  writeFileSync(join(b.root, path), text)
}
const get = (b: Workbench, path: string): string => readFileSync(join(b.root, path), 'utf8')

describe('sysctl', () => {
  const forward = (b: Workbench) => sysctl({key: 'net.ipv4.ip_forward', value: '1', why, root: b.root})

  test('is set by its file below /proc/sys, and undo sets the first value again', () => {
    const b = bench()
    put(b, 'net/ipv4/ip_forward', '0\n')
    const cycle = lifecycle(b, sysctlKind, forward(b))

    expect(cycle.diff()).toBe('is 0, should be 1')
    const original = cycle.apply()
    expect(get(b, 'net/ipv4/ip_forward')).toBe('1\n')
    expect(cycle.diff()).toBeUndefined()
    cycle.undo(original)

    expect(get(b, 'net/ipv4/ip_forward')).toBe('0\n')
  })

  test('that the kernel sets another one by is undone with that one', () => {
    const b = bench()
    const redirects = 'net/ipv4/conf/all/accept_redirects'
    put(b, 'net/ipv4/ip_forward', '0\n')
    put(b, redirects, '0\n')
    const cycle = lifecycle(b, sysctlKind, forward(b))

    const original = cycle.apply()
    cycle.undo(original)
    put(b, redirects, '1\n')
    cycle.undo(original)

    expect(get(b, redirects)).toBe('0\n')
  })

  test('of several numbers is right whatever lies between them', () => {
    const b = bench()
    put(b, 'net/ipv4/ping_group_range', '0\t2147483647\n')
    const resource = sysctl({key: 'net.ipv4.ping_group_range', value: '0 2147483647', why, root: b.root})

    expect(lifecycle(b, sysctlKind, resource).diff()).toBeUndefined()
  })

  test('that the kernel lacks fails with the cause', () => {
    const b = bench()

    expect(() => lifecycle(b, sysctlKind, forward(b)).apply()).toThrow('the module that brings it is not loaded')
  })

  test('that cannot be written fails with the cause', () => {
    const b = bench()
    mkdirSync(join(b.root, 'net/ipv4/ip_forward'), {recursive: true})
    const script = sysctlKind.act(forward(b), {value: '0'})

    const result = b.run(`set -eu\n${script.text}`)

    expect(result.code).toBe(1)
    expect(result.stderr).toContain('cannot be set here to 1')
  })
})

describe('kernel module', () => {
  const roots = (b: Workbench) => ({
    sys: join(b.root, 'sys'),
    proc: join(b.root, 'proc'),
    modules: join(b.root, 'modules'),
  })
  const module = (b: Workbench, name: string) => kernelModule({name, why, roots: roots(b)})

  test.each([
    ['loaded', 'br_netfilter', 'sys/module/br_netfilter/refcnt', '0\n'],
    ['built in', 'ip-vs', 'modules/RELEASE/modules.builtin', 'kernel/fs/x.ko\nkernel/net/ip_vs.ko\n'],
    ['a file system at work', 'overlay', 'proc/filesystems', 'nodev\tsysfs\nnodev\toverlay\n'],
    ['seen at work in a container', 'br_netfilter', 'proc/sys/net/bridge/x', '1\n'],
  ])('that is %s holds', (_, name, path, text) => {
    const b = bench()
    const release = b.run('uname -r').stdout.trim()
    put(b, path.replace('RELEASE', release), text)

    expect(lifecycle(b, kernelModuleKind, module(b, name)).diff()).toBeUndefined()
  })

  test('with a name that is part of another is not taken for it', () => {
    const b = bench()
    put(b, 'proc/filesystems', 'nodev\toverlayfs\n')

    expect(lifecycle(b, kernelModuleKind, module(b, 'overlay')).diff()).toBe('is not loaded')
  })

  test('is loaded by modprobe, and unloaded by undo', () => {
    const b = bench()
    b.stub('modprobe', `[ "$1" = -r ] || mkdir -p ${b.root}/sys/module/overlay`)
    const cycle = lifecycle(b, kernelModuleKind, module(b, 'overlay'))

    const original = cycle.apply()
    expect(cycle.diff()).toBeUndefined()
    cycle.undo(original)

    expect(get(b, 'calls')).toBe('modprobe -- overlay\nmodprobe -r -- overlay\n')
  })

  test('that cannot be loaded says what to do about it', () => {
    const b = bench()
    b.stub('modprobe', 'exit 1')

    expect(() => lifecycle(b, kernelModuleKind, module(b, 'overlay')).apply()).toThrow(
      'in a container, load it on the machine around it',
    )
  })
})

describe('hostname', () => {
  const paths = (b: Workbench) => ({hostname: join(b.root, 'hostname'), kernel: join(b.root, 'kernel')})
  const named = (b: Workbench) => hostname({name: 'master', why, paths: paths(b)})

  test('is changed now and for the next boot, and undo restores both', () => {
    const b = bench()
    put(b, 'hostname', 'debian')
    put(b, 'kernel', 'debian\n')
    chmodSync(join(b.root, 'hostname'), 0o640)
    const cycle = lifecycle(b, hostnameKind, named(b))

    expect(cycle.diff()).toBe("is debian, should be master, /etc/hostname contains 'debian'")
    const original = cycle.apply()
    expect(get(b, 'hostname')).toBe('master\n')
    expect(get(b, 'kernel')).toBe('master\n')
    expect(cycle.diff()).toBeUndefined()
    cycle.undo(original)

    expect(get(b, 'hostname')).toBe('debian')
    expect(get(b, 'kernel')).toBe('debian\n')
  })

  test('that is right already is left alone', () => {
    const b = bench()
    put(b, 'hostname', 'master\n')
    put(b, 'kernel', 'master\n')

    expect(lifecycle(b, hostnameKind, named(b)).diff()).toBeUndefined()
  })
})

describe('wait', () => {
  const forFile = (b: Workbench, deadlineMs: number) =>
    wait({
      name: 'file',
      title: 'the file to appear',
      why,
      check: sh`echo looking; echo "it does not exist"; [ -e ${join(b.root, 'there')} ]`,
      deadlineMs,
      intervalMs: 20,
      evidence: sh`echo the proof`,
    })

  test('says what it waits for and what it sees now', () => {
    const b = bench()

    expect(lifecycle(b, waitKind, forFile(b, 1000)).diff()).toBe(
      'waiting for the file to appear (now: it does not exist)',
    )
  })

  test('ends as soon as it holds', () => {
    const b = bench()
    const cycle = lifecycle(b, waitKind, forFile(b, 10_000))
    const script = waitKind.act(forFile(b, 10_000), {holds: false, seen: ''})

    const result = b.run(`set -eu\n(sleep 0.2; : >${b.root}/there) &\n${script.text}\necho on`)

    expect(result).toMatchObject({code: 0, stdout: 'on\n'})
    expect(cycle.diff()).toBeUndefined()
  })

  test('that comes to its deadline tells what it waited for, what it saw last and the evidence', () => {
    const b = bench()

    const result = b.run(`set -eu\n${waitKind.act(forFile(b, 1000), {holds: false, seen: ''}).text}`)

    expect(result).toEqual({
      code: 1,
      stdout: '',
      stderr: 'the proof\nwaited 1 s for the file to appear; last seen: it does not exist\n',
    })
  })
})
