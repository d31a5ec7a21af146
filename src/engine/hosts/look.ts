import {KadmError} from '../../domain/errors.ts'
import type {Host} from '../../remote/host.ts'
import {concat, Script, sh} from '../../remote/shell/shell.ts'
import type {AnyHostResource, State} from '../../resources/any-resource.ts'
import {kindOf} from '../../resources/any-resource.ts'

/** Starts each frame of a script's output; no look prints it, because file contents are sent as base64. */
export const FRAME = '\u001e'

export interface Looked {
  readonly resource: AnyHostResource
  readonly state: State
  /** The difference, in one line for people; undefined when the resource is already in the desired state. */
  readonly diff: string | undefined
}

const frame = (head: Script, body: Script): Script => sh`printf '\036%s\n' ${head}
( set -u; ${body} ) </dev/null || printf '\036!%s %s\n' ${head} "$?"`

/**
 * One read-only script that looks at all resources; the commands in it run with stdin closed, because the
 * script itself arrives on stdin.
 */
export const lookScript = (resources: readonly AnyHostResource[]): Script =>
  concat(resources.map((resource, i) => frame(new Script(String(i)), kindOf(resource).look(resource))))

/** The output of a script that contains looks. */
interface Located {
  readonly stdout: string
  readonly stderr: string
}

/** Splits the output of `lookScript` and compares each part with its resource; pure. */
export function parseLooks(
  {stdout, stderr}: Located,
  resources: readonly AnyHostResource[],
  host: string,
): readonly Looked[] {
  const parts = new Map<number, string>()
  const failed: string[] = []
  for (const part of stdout.split(FRAME).slice(1)) {
    const newline = part.indexOf('\n')
    const head = part.slice(0, newline)
    if (head.startsWith('!')) failed.push(resources[Number(head.slice(1).split(' ')[0])]?.id ?? head)
    else parts.set(Number(head), part.slice(newline + 1))
  }
  if (failed.length > 0)
    throw new KadmError('remote', `could not inspect ${failed.join(', ')}`, {host, evidence: stderr})
  return resources.map((resource, i) => {
    const part = parts.get(i)
    if (part === undefined) {
      throw new KadmError('remote', `inspecting ${resource.id} gave no result`, {
        host,
        evidence: stderr + stdout.slice(-2000),
      })
    }
    const kind = kindOf(resource)
    const state = kind.parse(part, resource)
    return {resource, state, diff: kind.diff(resource, state)}
  })
}

/** Looks at all resources in one round trip. */
export async function look(
  host: Host,
  resources: readonly AnyHostResource[],
  signal: AbortSignal,
): Promise<readonly Looked[]> {
  if (resources.length === 0) return []
  const result = await host.run(lookScript(resources).text, {signal})
  if (result.code !== 0) {
    throw new KadmError('remote', `could not inspect the host: the script exited with code ${String(result.code)}`, {
      host: host.name,
      evidence: result.stderr,
    })
  }
  return parseLooks(result, resources, host.name)
}
