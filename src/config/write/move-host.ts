import {isMap, isNode, isScalar, isSeq, LineCounter, parseAllDocuments, type Scalar, type YAMLMap} from 'yaml'
import {formatTarget, parseTarget, targetProblem} from '../rules/target.ts'

/** The new address of a host in a file. */
export interface HostMove {
  /** The host as the file calls it: its name, or its SSH address if it has no name. */
  readonly host: string
  readonly before: string
  readonly address: string
  /** Written only if the file pins a host key. */
  readonly hostKey: string | undefined
}

export interface FileEdit {
  readonly line: number
  readonly from: string
  readonly to: string
}

/** The places to change, and the changed text; everything else, including comments, stays the same. */
export function moveHost(text: string, move: HostMove): {readonly text: string; readonly edits: readonly FileEdit[]} {
  const lines = new LineCounter()
  const documents = [...parseAllDocuments(text, {lineCounter: lines, logLevel: 'silent'})]
  const found = documents.flatMap(({contents}) => hostsOf(contents)).find(host => isThatHost(host, move))
  if (found === undefined) return {text, edits: []}
  const changes = changesOf(found, move).filter(({scalar, to}) => scalar.value !== to)
  const edited = changes
    .toSorted((a, b) => startOf(b.scalar) - startOf(a.scalar))
    .reduce((whole, {scalar, to}) => {
      const [start, end] = [startOf(scalar), scalar.range?.[1] ?? 0]
      const quoted = /^["']/.exec(whole.slice(start, end))?.[0] ?? ''
      return `${whole.slice(0, start)}${quoted}${to}${quoted}${whole.slice(end)}`
    }, text)
  const edits = changes.map(({scalar, to}) => {
    return {line: lines.linePos(startOf(scalar)).line, from: String(scalar.value), to}
  })
  return {text: edited, edits}
}

const startOf = (scalar: Scalar): number => scalar.range?.[0] ?? 0

function hostsOf(contents: unknown): readonly YAMLMap[] {
  if (!isMap(contents) || contents.get('kind') !== 'Cluster') return []
  const hosts = contents.get('hosts', true)
  return isSeq(hosts) ? hosts.items.filter(isMap) : []
}

const scalarAt = (map: YAMLMap, key: string): Scalar | undefined => {
  const node = map.get(key, true)
  return isNode(node) && isScalar(node) ? node : undefined
}

const sshMap = (host: YAMLMap): YAMLMap | undefined => {
  const ssh: unknown = host.get('ssh', true)
  return isMap(ssh) ? ssh : undefined
}

function addressOf(host: YAMLMap): string | undefined {
  const parts = sshMap(host)
  const text = (parts === undefined ? scalarAt(host, 'ssh') : scalarAt(parts, 'address'))?.value
  if (typeof text !== 'string') return undefined
  return parts !== undefined || targetProblem(text) !== undefined ? text : parseTarget(text).address
}

const isThatHost = (host: YAMLMap, move: HostMove): boolean =>
  scalarAt(host, 'name')?.value === move.host || (scalarAt(host, 'name') === undefined && addressOf(host) === move.host)

interface Change {
  readonly scalar: Scalar
  readonly to: string
}

function changesOf(host: YAMLMap, {before, address, hostKey}: HostMove): readonly Change[] {
  const parts = sshMap(host)
  const change = (scalar: Scalar | undefined, to: string | undefined): readonly Change[] =>
    scalar === undefined || to === undefined ? [] : [{scalar, to}]
  const own = scalarAt(host, 'address')
  const short = scalarAt(host, 'ssh')
  return [
    ...(own?.value === before ? change(own, address) : []),
    ...(parts === undefined
      ? change(short, short && formatTarget({...parseTarget(String(short.value)), address}))
      : [...change(scalarAt(parts, 'address'), address), ...change(scalarAt(parts, 'hostKey'), hostKey)]),
  ]
}
