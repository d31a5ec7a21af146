import {type Document, isMap, isSeq, parseDocument, type YAMLMap} from 'yaml'
import {KadmError} from '../domain/errors.ts'
import type {Kubeconfig} from './kubeconfig.ts'
import {toYaml, YAML_STYLE} from './yaml.ts'

export interface MergeOptions {
  /** Name of the cluster, user and context in the merged file. */
  readonly name: string
  /** Whether kubectl should use it from now on. */
  readonly makeCurrent: boolean
}

/**
 * A user's kubeconfig with one cluster put in or renewed; comments, order and every other entry stay as they are.
 * Throws `config` rather than replace an entry of that name that belongs to a different cluster.
 */
export function mergeKubeconfig(existing: string | undefined, added: Kubeconfig, options: MergeOptions): string {
  const renamed = rename(added, options.name)
  if (existing === undefined || existing.trim() === '') return toYaml(renamed)
  const document = parseDocument(existing)
  if (document.errors[0] !== undefined || !isMap(document.contents))
    throw new KadmError('config', 'the existing kubeconfig is not valid YAML', {
      hint: 'correct or move the file, or write to another file with --output',
      cause: document.errors[0],
    })
  refuseForeign(document, renamed, options.name)
  for (const list of ['clusters', 'contexts', 'users'] as const) putEntries(document, list, renamed[list])
  const current = document.get('current-context')
  if (options.makeCurrent || current === undefined || current === '' || current === null)
    document.set('current-context', options.name)
  return document.toString(YAML_STYLE)
}

function rename(config: Kubeconfig, name: string): Kubeconfig {
  return {
    ...config,
    clusters: config.clusters.slice(0, 1).map(({cluster}) => ({cluster, name})),
    contexts: config.contexts
      .slice(0, 1)
      .map(({context}) => ({context: {...context, cluster: name, user: name}, name})),
    'current-context': name,
    users: config.users.slice(0, 1).map(({user}) => ({name, user})),
  }
}

/** The same name with another server and another CA is another cluster. */
function refuseForeign(document: Document, added: Kubeconfig, name: string): void {
  const old = entryNamed(document, 'clusters', name)
  const [cluster] = added.clusters
  if (old === undefined || cluster === undefined) return
  const same = ['server', 'certificate-authority-data'].some(
    field => old.getIn(['cluster', field]) === cluster.cluster[field],
  )
  if (!same)
    throw new KadmError('config', `the kubeconfig already has another cluster named '${name}'`, {
      hint: 'choose another name with --context',
    })
}

function entryNamed(document: Document, list: string, name: string): YAMLMap | undefined {
  const entries = document.get(list)
  if (!isSeq(entries)) return undefined
  return entries.items.filter(isMap).find(entry => entry.get('name') === name)
}

function putEntries(document: Document, list: string, entries: readonly {readonly name: string}[]): void {
  if (!isSeq(document.get(list))) document.set(list, document.createNode([]))
  for (const entry of entries) {
    const old = entryNamed(document, list, entry.name)
    if (old === undefined) {
      document.addIn([list], document.createNode(entry))
      continue
    }
    for (const [path, value] of leaves(entry)) old.setIn(path, value)
  }
}

/** A context's namespace or a cluster's proxy that the user added stays; an old way to log in does not. */
function leaves(entry: object): readonly Leaf[] {
  const found: Leaf[] = []
  for (const [field, value] of Object.entries<unknown>({...entry})) {
    if (field === 'user' || typeof value !== 'object' || value === null) found.push([[field], value])
    else for (const [key, inner] of Object.entries<unknown>({...value})) found.push([[field, key], inner])
  }
  return found
}

type Leaf = readonly [path: readonly string[], value: unknown]
