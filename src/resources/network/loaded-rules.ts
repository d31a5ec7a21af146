import {z} from 'zod'
import {Script, sh} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {base, texts} from '../core/schema.ts'

/**
 * Firewall rules in the kernel that a file defines and a unit loads. Another program that loads its own rules
 * may flush them.
 */
export interface LoadedRulesResource extends ResourceBase {
  readonly kind: 'loaded-rules'
  /** Read-only shell that prints what is missing, one line each. */
  readonly missing: string
  /** Shell that loads them; may run again. */
  readonly load: string
  /** Shell that removes them; may run again. */
  readonly unload: string
}

export interface LoadedRulesFound {
  readonly missing: readonly string[]
}

export const loadedRules = (spec: {
  readonly name: string
  readonly why: string
  readonly missing: Script
  readonly load: Script
  readonly unload: Script
}): LoadedRulesResource => ({
  kind: 'loaded-rules',
  id: `loaded-rules:${spec.name}`,
  why: spec.why,
  missing: spec.missing.text,
  load: spec.load.text,
  unload: spec.unload.text,
})

export const loadedRulesKind: Kind<LoadedRulesResource, LoadedRulesFound> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('loaded-rules'),
      missing: z.string(),
      load: z.string(),
      unload: z.string(),
    }),
    state: z.object({missing: texts}),
  },
  look: ({missing}) => new Script(missing),
  parse: output => ({missing: output.split('\n').filter(line => line.trim() !== '')}),
  identity: ({missing}) => ({missing}),
  diff: (_, {missing}) => {
    const [first] = missing
    if (first === undefined) return undefined
    return missing.length === 1 ? `not loaded: ${first}` : `${String(missing.length)} rules are not loaded`
  },
  detail: (_, {missing}) => (missing.length < 2 ? undefined : missing.map(line => `+${line}`).join('\n')),
  act: ({load}) => new Script(load),
  revert: ({unload}) => sh`${new Script(unload)}`,
  // Rules that another program flushed are already removed, so revert has nothing to do.
  drift: () => undefined,
}
