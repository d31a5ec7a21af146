import {Script, sh} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'

/** A state that is recorded once, on the host, before other programs change it. Recording changes nothing else on the host. */
export interface BaselineResource extends ResourceBase {
  readonly kind: 'baseline'
  readonly path: string
  /** Shell that prints what is kept. */
  readonly print: string
}

export interface BaselineFound {
  readonly isKept: boolean
}

export const baseline = (spec: {
  readonly name: string
  readonly why: string
  readonly path: string
  readonly print: Script
}): BaselineResource => ({
  kind: 'baseline',
  id: `baseline:${spec.name}`,
  why: spec.why,
  path: spec.path,
  print: spec.print.text,
})

export const baselineKind: Kind<BaselineResource, BaselineFound> = {
  schema: undefined,
  look: ({path}) => sh`[ ! -e ${path} ] || echo kept`,
  parse: output => ({isKept: output.trim() === 'kept'}),
  identity: () => ({}),
  diff: (_, {isKept}) => (isKept ? undefined : 'not saved yet'),
  act: ({path, print}) => sh`( ${new Script(print)}
) >${path}.new
mv -f ${path}.new ${path}`,
  revert: () => sh`:`,
}
