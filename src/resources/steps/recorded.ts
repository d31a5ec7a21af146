import {Script, sh} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'

/** Something that is written down once, on the host, before others change it. Nothing of the host itself changes by it. */
export interface NotedResource extends ResourceBase {
  readonly kind: 'noted'
  readonly path: string
  /** Shell that prints what is to be noted. */
  readonly print: string
}

export interface NotedFound {
  readonly isNoted: boolean
}

export const noted = (spec: {
  readonly name: string
  readonly why: string
  readonly path: string
  readonly print: Script
}): NotedResource => ({
  kind: 'noted',
  id: `noted:${spec.name}`,
  why: spec.why,
  path: spec.path,
  print: spec.print.text,
})

export const notedKind: Kind<NotedResource, NotedFound> = {
  lasting: false,
  look: ({path}) => sh`[ ! -e ${path} ] || echo noted`,
  parse: output => ({isNoted: output.trim() === 'noted'}),
  identity: () => ({}),
  diff: (_, {isNoted}) => (isNoted ? undefined : 'not noted yet'),
  act: ({path, print}) => sh`( ${new Script(print)}
) >${path}.new
mv -f ${path}.new ${path}`,
  undo: () => sh`:`,
}
