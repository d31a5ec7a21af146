import {Script, sh} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'

/** A state that must be removed without a backup: the remains of a node after a reset, or a used token. */
export interface CleanupResource extends ResourceBase {
  readonly kind: 'cleanup'
  /** Read-only shell that prints what is still there, one line each, and nothing when it is removed. */
  readonly remains: string
  /** Shell that removes it. */
  readonly clear: string
}

export interface CleanupFound {
  readonly remains: readonly string[]
}

export const cleanup = (spec: {
  readonly name: string
  readonly why: string
  readonly remains: Script
  readonly clear: Script
}): CleanupResource => ({
  kind: 'cleanup',
  id: `cleanup:${spec.name}`,
  why: spec.why,
  remains: spec.remains.text,
  clear: spec.clear.text,
})

export const cleanupKind: Kind<CleanupResource, CleanupFound> = {
  schema: undefined,
  look: ({remains}) => new Script(remains),
  parse: output => ({remains: output.split('\n').filter(line => line.trim() !== '')}),
  identity: () => ({}),
  diff: (_, {remains}) => {
    if (remains.length === 0) return undefined
    const some = remains.slice(0, 3).join(', ')
    return remains.length > 3 ? `${some} and ${String(remains.length - 3)} more still exist` : `${some} still present`
  },
  act: ({clear}) => new Script(clear),
  revert: () => sh`:`,
}
