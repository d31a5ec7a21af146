import {z} from 'zod'
import type {EtcdPeer} from '../../domain/etcd.ts'
import {concat, sh} from '../../remote/shell/shell.ts'
import type {Kind} from '../core/kind.ts'
import {base, maybe} from '../core/schema.ts'
import {contentOf, file, fileKind, type FileResource} from '../files/file.ts'
import {lookAtPath, parsePath, pathState, type PathState} from '../files/path-state.ts'

/**
 * The manifest of etcd. The flags that name its first members count only at the first start of a member and
 * differ from host to host, so kadm keeps those that a host has.
 */
export interface EtcdManifestResource extends Omit<FileResource, 'kind'> {
  readonly kind: 'etcd-manifest'
  readonly member: EtcdPeer
  /** The folder of its data. */
  readonly dataDir: string
  /** `new` starts a cluster of one member; `join` first asks the running members to accept this one. */
  readonly origin: 'new' | 'join'
}

export type EtcdManifestState = PathState & {
  /** Whether the host has data of a member. */
  readonly hasData?: boolean | undefined
}

export interface EtcdManifestSpec {
  readonly path: string
  readonly why: string
  /** The manifest of a member that starts a cluster of its own. */
  readonly content: string
  readonly member: EtcdPeer
  readonly dataDir: string
  readonly origin: EtcdManifestResource['origin']
}

/** Its entry in the ledger is that of the file, which earlier versions of kadm wrote. */
export const etcdManifest = ({member, dataDir, origin, ...spec}: EtcdManifestSpec): EtcdManifestResource => ({
  ...file({...spec, mode: '0600'}),
  kind: 'etcd-manifest',
  member,
  dataDir,
  origin,
})

const MEMBERS_FLAG = /^( *- )(["']?)(--initial-cluster(?:-state)?=)(.*?)\2$/

/** The flags about the first members, as `--initial-cluster=…`. */
const membersFlags = (text: string): readonly string[] =>
  text.split('\n').flatMap(line => {
    const [, , , flag, value] = MEMBERS_FLAG.exec(line) ?? []
    return flag === undefined || value === undefined ? [] : [flag + value]
  })

/** The manifest with these flags in the place of its own about the first members. */
function withMembersFlags(content: string, flags: readonly string[]): string {
  const lines = content.split('\n')
  const at = lines.findIndex(line => MEMBERS_FLAG.test(line))
  const [, dash = '', quote = ''] = MEMBERS_FLAG.exec(lines[at] ?? '') ?? []
  const others = lines.slice(at).filter(line => !MEMBERS_FLAG.test(line))
  return at < 0
    ? content
    : [...lines.slice(0, at), ...flags.map(flag => `${dash}${quote}${flag}${quote}`), ...others].join('\n')
}

/** The file that this host should have: the flags about members as it has them already. */
function asFile(manifest: EtcdManifestResource, state?: PathState): FileResource {
  const {id, why, path, mode, owner, content, sha256, secret} = manifest
  const resource: FileResource = {kind: 'file', id, why, path, mode, owner, content, sha256, secret}
  const present = state?.type === 'file' ? membersFlags(state.text ?? '') : []
  if (present.length === 0 || resource.content === undefined) return resource
  return {...resource, ...contentOf(withMembersFlags(resource.content, present))}
}

function joining(resource: EtcdManifestResource, peers: readonly EtcdPeer[]): EtcdManifestResource {
  const flags = [
    `--initial-cluster=${peers.map(({name, peerUrl}) => `${name}=${peerUrl}`).join(',')}`,
    '--initial-cluster-state=existing',
  ]
  return {...resource, ...contentOf(withMembersFlags(resource.content ?? '', flags))}
}

export const etcdManifestKind: Kind<EtcdManifestResource, EtcdManifestState> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('etcd-manifest'),
      path: z.string(),
      mode: z.string(),
      owner: z.string(),
      content: maybe(z.string()),
      sha256: maybe(z.string()),
      secret: z.boolean(),
      member: z.object({name: z.string(), peerUrl: z.string()}),
      dataDir: z.string(),
      origin: z.enum(['new', 'join']),
    }),
    state: pathState,
  },
  look: ({path, dataDir}) =>
    concat([lookAtPath(path, {content: true}), sh`[ ! -d ${`${dataDir}/member`} ] || echo 'data yes'`]),
  parse: output => ({...parsePath(output), hasData: /^data yes$/m.test(output)}),
  identity: state => fileKind.identity(state),
  diff: (resource, state) => fileKind.diff(asFile(resource, state), state),
  resolve: async (resource, state, values) => {
    if (state.type === 'file' && membersFlags(state.text ?? '').length > 0)
      return {...resource, ...contentOf(asFile(resource, state).content ?? '')}
    if (resource.origin === 'new') return resource
    return joining(resource, await values.joinEtcd({...resource.member, hasData: state.hasData === true}))
  },
  act: (resource, state) => fileKind.act(asFile(resource, state), state),
  backup: (resource, state) => fileKind.backup?.(asFile(resource), state) ?? sh`:`,
  revert: (resource, original) => fileKind.revert(asFile(resource), original),
  redact: resource => ({...resource, content: undefined}),
  detail: (resource, state) => fileKind.detail?.(asFile(resource, state), state),
}
