import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Evidence} from '../../src/domain/evidence.ts'
import {parseEvidence} from '../../src/facts/evidence/evidence.ts'

type Role = 'control-plane' | 'worker'

/** What the script printed on real machines of a cluster that worked (cgroup v1, machines in containers). */
export const capture = (role: Role): string =>
  readFileSync(join(import.meta.dirname, 'captures', `healthy-${role}.txt`), 'utf8')

/** The same of a busy computer, with all that the script tries: the API, the kubelet, the other nodes. */
export const probedCapture = (role: Role): string =>
  readFileSync(join(import.meta.dirname, 'captures', `probed-${role}.txt`), 'utf8')

/** Sections of the output by name, put in place of those of the healthy machine. */
export type Sections = Readonly<Record<string, string>>

export function evidenceWith(role: Role, sections: Sections = {}): Evidence {
  const all = capture(role).split('\x1e')
  const nameOf = (record: string): string => record.slice(0, record.indexOf('\n'))
  const names = new Set(all.map(nameOf))
  const records = all.map(record => {
    const other = sections[nameOf(record)]
    return other === undefined ? record : `${nameOf(record)}\n${other}\n`
  })
  const more = Object.entries(sections).flatMap(([name, text]) => (names.has(name) ? [] : [`${name}\n${text}\n`]))
  return parseEvidence(['', ...more, ...records.slice(1)].join('\x1e'))
}

/** The second at which the machine was looked at. */
export const nowOf = (role: Role): number => evidenceWith(role).now

const unitText = (id: string, state: Readonly<Record<string, string>>): string =>
  Object.entries({Id: `${id}.service`, LoadState: 'loaded', ...state})
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')

const UPTIME = 5000
const RUNNING = {
  ActiveState: 'active',
  SubState: 'running',
  Result: 'success',
  ExecMainStatus: '0',
  NRestarts: '0',
  ExecMainStartTimestampMonotonic: String((UPTIME - 200) * 1_000_000),
}
const RESTARTING = {
  ActiveState: 'activating',
  SubState: 'auto-restart',
  Result: 'exit-code',
  ExecMainStatus: '1',
  NRestarts: '7',
  ExecMainStartTimestampMonotonic: String((UPTIME - 8) * 1_000_000),
}
const FAILED = {...RESTARTING, ActiveState: 'failed', SubState: 'failed'}
const STOPPED = {...RESTARTING, ActiveState: 'inactive', SubState: 'dead', Result: 'success', ExecMainStatus: '0'}
const STATES = {running: RUNNING, restarting: RESTARTING, failed: FAILED, stopped: STOPPED}

type State = keyof typeof STATES

export const units = (
  kubelet: State,
  containerd: State = 'running',
  more: Readonly<Record<string, string>> = {},
): Sections => ({
  'unit-states': [
    `Id=uptime\nseconds=${String(UPTIME)}`,
    unitText('kubelet', {...STATES[kubelet], ...more}),
    unitText('containerd', STATES[containerd]),
  ].join('\n\n'),
})

const lines = (role: Role, texts: readonly string[], count = 3): string =>
  texts.map(text => `${String(count)} ${String(nowOf(role) - 5)} ${text}`).join('\n')

/** Journal lines as they are, with Go's quoting, said some seconds ago. */
export const journal = (
  unit: 'kubelet' | 'containerd' | 'kernel',
  role: Role,
  ...texts: readonly string[]
): Sections => ({
  [`journal-${unit}`]: lines(role, texts),
})

/** A container that has run for an hour. */
export function runs(name: string, role: Role): Sections {
  const namespace = name === 'kube-flannel' ? 'kube-flannel' : 'kube-system'
  const id = 'b'.repeat(64)
  const paths = `/var/log/containers/${name}-x_${namespace}_${name}-${id}.log /var/log/pods/${namespace}_${name}-x_0c8e/${name}/0.log`
  return {
    containers: `\x1d${paths} ${new Date((nowOf(role) - 3600) * 1000).toISOString()}\n`,
    tasks: `TASK    PID    STATUS\n${id}    311    RUNNING`,
  }
}

/** A container that is down after its fourth start, with its last words. */
export function crashed(name: string, role: Role, ...texts: readonly string[]): Sections {
  const namespace = name === 'kube-flannel' ? 'kube-flannel' : 'kube-system'
  const at = new Date((nowOf(role) - 8) * 1000).toISOString()
  const id = 'a'.repeat(64)
  const paths = `/var/log/containers/${name}-master_${namespace}_${name}-${id}.log /var/log/pods/${namespace}_${name}-master_1be0f4cc/${name}/3.log`
  return {
    containers: `\x1d${paths} ${at}\n${lines(role, texts, 1)}`,
    tasks: 'TASK    PID    STATUS',
  }
}
