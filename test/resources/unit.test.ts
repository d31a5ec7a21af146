import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {unit, unitKind, type UnitSpec} from '../../src/resources/systemd/unit.ts'
import {parseUnit} from '../../src/resources/systemd/unit-state.ts'
import {workbenches} from './shell-runner.ts'

const bench = workbenches()
const kubelet = (spec: Partial<UnitSpec> = {}) => unit({name: 'kubelet.service', why: 'it runs the pods', ...spec})

/** What systemd 252 prints for a running service that started at 10:00:00.5. */
const RUNNING = {
  LoadState: 'loaded',
  ActiveState: 'active',
  SubState: 'running',
  UnitFileState: 'enabled',
  NeedDaemonReload: 'no',
  ActiveEnterTimestamp: 'Tue 2026-11-24 10:00:01.000000 UTC',
  ExecMainStartTimestamp: 'Tue 2026-11-24 10:00:00.500000 UTC',
}
const START = Date.parse('2026-11-24T10:00:00.5Z') / 1000
const ABSENT = {
  LoadState: 'not-found',
  ActiveState: 'inactive',
  SubState: 'dead',
  UnitFileState: '',
  NeedDaemonReload: 'no',
}
const output = (properties: Partial<typeof RUNNING>, files: Readonly<Record<string, number>> = {}): string =>
  [
    ...Object.entries(properties).map(([key, value]) => `${key}=${value}`),
    ...Object.entries(files).map(([path, at]) => `file ${at.toFixed(6)} ${path}`),
    `now ${(START + 100).toFixed(9)}`,
    '',
  ].join('\n')
const found = (properties: Partial<typeof RUNNING>, files?: Readonly<Record<string, number>>) =>
  parseUnit(output({...RUNNING, ...properties}, files), {name: 'kubelet.service'})

describe('diff', () => {
  test.each<[string, Partial<typeof RUNNING>, Partial<UnitSpec>, string | undefined]>([
    ['running and enabled', {}, {}, undefined],
    ['of a kind that cannot be enabled', {UnitFileState: 'static'}, {}, undefined],
    ['that does not exist', ABSENT, {}, 'does not exist, is inactive (dead)'],
    ['enabled until the next boot only', {UnitFileState: 'enabled-runtime'}, {}, 'is enabled-runtime'],
    ['in a crash loop', {ActiveState: 'activating', SubState: 'auto-restart'}, {}, 'is activating (auto-restart)'],
    [
      'whose file changed',
      {NeedDaemonReload: 'yes'},
      {},
      'its unit file changed after systemd read it, runs with an older unit file',
    ],
    [
      'masked',
      {LoadState: 'masked', ActiveState: 'inactive', SubState: 'dead', UnitFileState: 'masked'},
      {},
      'is masked, is masked, is inactive (dead)',
    ],
    ['running that should not', {}, {active: false, enabled: false}, 'is enabled, is active'],
    [
      'off that should be off',
      {ActiveState: 'inactive', UnitFileState: 'disabled'},
      {active: false, enabled: false},
      undefined,
    ],
    ['absent that should be off', ABSENT, {active: false, enabled: false}, undefined],
  ])('of a unit %s', (_, properties, wanted, expected) => {
    expect(unitKind.diff(kubelet(wanted), found(properties))).toBe(expected)
  })

  test('asks for a restart when a file was written after the start, however short', () => {
    const after = found({}, {'/etc/a': START - 5, '/etc/b': START + 0.000_2})

    expect(unitKind.diff(kubelet(), after)).toBe('started before /etc/b was written')
    expect(unitKind.diff(kubelet(), found({}, {'/etc/a': START - 0.000_2}))).toBeUndefined()
  })

  test('passes over a file from the future, which would be newer than every start', () => {
    expect(unitKind.diff(kubelet(), found({}, {'/etc/a': START + 1_000_000}))).toBeUndefined()
  })

  test('goes by the main process, which a crash and restart replaces, and else by the unit', () => {
    const target = {ExecMainStartTimestamp: '', ActiveEnterTimestamp: RUNNING.ActiveEnterTimestamp}

    expect(found(target, {'/etc/a': START + 0.3}).newer).toBeUndefined()
    expect(found(target, {'/etc/a': START + 0.6}).newer).toBe('/etc/a')
  })
})

describe('a unit that can read its files again', () => {
  const resource = kubelet({restartWhenNewer: ['/etc/unit'], reloadWhenNewer: ['/etc/own']})
  const at = (files: Readonly<Record<string, number>>, changed = '10:00:00.500000') =>
    parseUnit(`StateChangeTimestamp=Tue 2026-11-24 ${changed} UTC\n${output(RUNNING, files)}`, {
      name: 'kubelet.service',
      reloadWhenNewer: ['/etc/own'],
    })

  test('is reloaded after one of them was written, and not after a reload', () => {
    const state = at({'/etc/own': START + 5})

    expect(unitKind.diff(resource, state)).toBe('has not read /etc/own since it was written')
    expect(unitKind.act(resource, state).text).toContain('systemctl reload -- kubelet.service')
    expect(unitKind.act(resource, state).text).not.toContain('systemctl restart')
    expect(unitKind.diff(resource, at({'/etc/own': START + 5}, '10:00:06.000000'))).toBeUndefined()
  })

  test('is restarted for the others, also after a reload', () => {
    const state = at({'/etc/unit': START + 5, '/etc/own': START + 5}, '10:00:06.000000')

    expect(unitKind.diff(resource, state)).toBe('started before /etc/unit was written')
    expect(unitKind.act(resource, state).text).toContain('systemctl restart')
    expect(unitKind.act(resource, state).text).not.toContain('systemctl reload')
  })
})

describe('act', () => {
  const calls = (script: string, body: string) => {
    const b = bench()
    b.stub('systemctl', body)
    b.stub('journalctl', 'echo "kubelet[7]: the real cause"')
    const result = b.run(`set -eu\n( set -eu; ${script}\n) </dev/null >&2`)
    return {
      ...result,
      calls: readFileSync(join(b.root, 'calls'), 'utf8')
        .trim()
        .split('\n')
        .filter(call => !call.startsWith('systemctl show')),
    }
  }
  const quiet = `case $1 in show) printf 'loaded\nno\n';; esac`

  test('starts and enables what is off', () => {
    const script = unitKind.act(kubelet(), found({ActiveState: 'inactive', UnitFileState: 'disabled'})).text

    expect(calls(script, quiet).calls).toEqual([
      'systemctl --quiet enable -- kubelet.service',
      'systemctl reset-failed -- kubelet.service',
      'systemctl start -- kubelet.service',
    ])
  })

  test('restarts what runs by older files, and reloads unit files that the act before it wrote', () => {
    const script = unitKind.act(kubelet(), found({}, {'/etc/b': START + 1})).text

    expect(calls(script, quiet).calls.at(-1)).toBe('systemctl restart -- kubelet.service')
    expect(calls(script, `case $1 in show) printf 'loaded\nyes\n';; esac`).calls[0]).toBe('systemctl daemon-reload')
    expect(calls(script, `case $1 in show) printf 'not-found\nno\n';; esac`).calls[0]).toBe('systemctl daemon-reload')
  })

  test('a unit that does not start shows its own last lines', () => {
    const script = unitKind.act(kubelet(), found({ActiveState: 'failed', SubState: 'failed'})).text

    expect(calls(script, `case $1 in show) printf 'loaded\nno\n';; restart) exit 1;; esac`)).toMatchObject({
      code: 1,
      stderr: 'kubelet[7]: the real cause\nkubelet.service did not start\n',
    })
  })
})

describe('a unit that is watched', () => {
  const watched = kubelet({steady: {seconds: 1, sign: 'false'}})
  const started = (steady: string, pid: string) => {
    const b = bench()
    b.stub('systemctl', `case "$*" in *MainPID*) ${pid};; *LoadState*) printf 'loaded\nno\n';; esac`)
    b.stub('journalctl', 'echo "kubelet: unknown flag: --nope"')
    b.stub('sleep', 'exec /bin/sleep 0.01')
    const {text} = unitKind.act({...watched, steady: {seconds: 1, sign: steady}}, found({ActiveState: 'failed'}))
    return b.run(`set -eu\n( set -eu; ${text}\n) </dev/null >&2`)
  }

  test('is in order when it shows its sign, or still runs at the end', () => {
    expect(started('true', 'echo 7').code).toBe(0)
    expect(started('false', 'echo 7').code).toBe(0)
  })

  test('may stop once, since what it needs may be just starting', () => {
    const {code} = started('true', '[ -e "$0.once" ] && echo 7 || { : >"$0.once"; echo 0; }')

    expect(code).toBe(0)
  })

  test.each([
    ['stops at once', 'echo 0'],
    ['is started again by systemd', 'cat /proc/sys/kernel/random/uuid'],
  ])('and %s fails with its own last words', (_, pid) => {
    expect(started('false', pid)).toMatchObject({
      code: 1,
      stderr: 'kubelet: unknown flag: --nope\nkubelet.service started and stopped again\n',
    })
  })
})

describe('undo', () => {
  const script = (properties: Partial<typeof RUNNING>): string => unitKind.revert(kubelet(), found(properties)).text

  test('stops and disables what was not there', () => {
    expect(script(ABSENT)).toContain('systemctl stop -- kubelet.service')
    expect(script(ABSENT)).toContain('systemctl --quiet disable -- kubelet.service')
  })

  test('leaves running what ran, to be restarted when its files are the old ones again', () => {
    expect(script({})).not.toContain('stop')
    expect(unitKind.afterRevert?.(kubelet(), found({})).text).toContain('systemctl restart -- kubelet.service')
  })

  test('continues when the unit is broken', () => {
    expect(unitKind.drift?.(kubelet(), found({ActiveState: 'failed'}))).toBeUndefined()
  })
})
