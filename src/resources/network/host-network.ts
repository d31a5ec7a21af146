import {z} from 'zod'
import {posix} from 'node:path'
import {RUN_DIR} from '../../domain/paths.ts'
import {concat, sh} from '../../remote/shell/shell.ts'
import {type FileResource, file, fileKind, fileResource} from '../files/file.ts'
import type {Kind, ResourceBase, CommitConfirm} from '../core/kind.ts'
import {
  canonical,
  interfacesDiff,
  lookAtInterfaces,
  parseInterfaceStates,
  type InterfaceState,
  type InterfaceStates,
  type InterfaceSpec,
} from './interfaces.ts'
import {
  beginTrial,
  checkWishes,
  confirmTrial,
  refuseTaken,
  restoreCards,
  trialStage,
  type NetworkTrial,
} from './commit-confirm.ts'
import {type PathState, parsePath, pathIdentity, pathState} from '../files/path-state.ts'
import {fail, writeContent} from '../files/write-file.ts'
import {base, maybe, texts} from '../core/schema.ts'

/**
 * Addresses, configured by netplan. The host rolls back by itself unless kadm confirms over a new login in
 * time; a reboot before that also rolls back.
 */
export interface HostNetworkResource extends ResourceBase {
  readonly kind: 'host-network'
  /** The netplan file; 0600, as netplan wants it. */
  readonly config: FileResource
  /** By interface name. */
  readonly cards: Readonly<Record<string, InterfaceSpec>>
  readonly trialSeconds: number
  readonly runDir: string
  /** Where netplan looks first, and what a reboot forgets. */
  readonly tryDir: string
}

export interface HostNetworkFound {
  readonly netplan: boolean
  readonly file: PathState
  /** Of those that the resource names. */
  readonly cards: InterfaceStates
}

export interface HostNetworkSpec {
  readonly why: string
  readonly path: string
  /** netplan's YAML. */
  readonly text: string
  readonly cards: Readonly<Record<string, InterfaceSpec>>
  readonly trialSeconds?: number
  readonly runDir?: string
  readonly tryDir?: string
}

/** What netplan's file gives to the cards it names. */
export const hostNetwork = ({why, path, text, cards, ...rest}: HostNetworkSpec): HostNetworkResource => ({
  kind: 'host-network',
  id: `host-network:${path}`,
  why,
  config: file({path, why, content: text, mode: '0600'}),
  cards: Object.fromEntries(
    Object.entries(cards).map(([name, card]) => [name, {...card, addresses: card.addresses.map(canonical)}]),
  ),
  trialSeconds: rest.trialSeconds ?? 120,
  runDir: rest.runDir ?? `${RUN_DIR}/network`,
  tryDir: rest.tryDir ?? '/run/netplan',
})

const cardWish: z.ZodType<InterfaceSpec> = z.object({
  addresses: texts,
  gateway: maybe(z.string()),
  mtu: z.number().optional(),
})
const card = z.object({
  up: z.boolean(),
  mtu: z.number(),
  addresses: z.array(z.object({address: z.string(), dynamic: z.boolean()})),
})

export const hostNetworkKind: Kind<HostNetworkResource, HostNetworkFound> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('host-network'),
      config: fileResource,
      cards: z.record(z.string(), cardWish),
      trialSeconds: z.number(),
      runDir: z.string(),
      tryDir: z.string(),
    }),
    state: z.object({netplan: z.boolean(), file: pathState, cards: z.record(z.string(), card)}),
  },
  look: ({config, cards}) => sh`if command -v netplan >/dev/null; then echo 'netplan yes'; else echo 'netplan no'; fi
${lookAtInterfaces(Object.keys(cards))}
echo file
${fileKind.look(config)}`,
  parse: output => {
    const at = output.indexOf('file\n')
    return {
      netplan: output.startsWith('netplan yes'),
      cards: parseInterfaceStates(output.slice(0, at)),
      file: parsePath(output.slice(at + 'file\n'.length)),
    }
  },
  identity: ({file: found, cards}) => ({
    file: pathIdentity(found),
    // What was leased may be another address next time.
    ...Object.fromEntries(
      Object.entries(cards).map(([name, {up, mtu, addresses}]) => [
        `card ${name}`,
        {up, mtu, addresses: addresses.flatMap(({address, dynamic}) => (dynamic ? [] : [address])).toSorted()},
      ]),
    ),
  }),
  diff: ({config, cards}, found) => {
    const differs = fileKind.diff(config, found.file)
    const lacking = interfacesDiff(cards, found.cards)
    const parts = [
      ...(differs === undefined ? [] : [`${config.path} ${differs}`]),
      ...(lacking === undefined ? [] : [lacking]),
    ]
    return parts.length === 0 ? undefined : parts.join(', ')
  },
  detail: ({config}, found) => fileKind.detail?.(config, found.file),
  backup: ({config}, found) => fileKind.backup?.(config, found.file) ?? sh`:`,
  act: (resource, found) => {
    const {config, cards} = resource
    const {content} = config
    if (content === undefined) throw new Error(`the content of ${config.path} was never made`)
    return concat([
      sh`command -v netplan >/dev/null || ${fail('netplan is not installed; give the host its addresses by hand, or install netplan.io')}`,
      refuseTaken(cards, found.cards),
      beginTrial({
        ...placeOf(resource),
        write: to => writeContent(content, to),
        check: checkWishes(cards),
        restore: restoreCards(found.cards, cards),
      }),
    ])
  },
  revert: (resource, {file: original, cards: was}) =>
    beginTrial({
      ...placeOf(resource),
      write: to =>
        original.type === 'file' ? sh`cp -a -- "$KEEP"/original ${to}` : writeContent('network: {version: 2}\n', to),
      check: restoreCards(was, resource.cards),
      restore: restoreCards(asWished(resource.cards, was), {}),
    }),
  commitConfirm: {
    act: (resource, found) => ({
      ...trialOf(resource),
      addresses: Object.values(resource.cards).flatMap(({addresses}) => addresses.map(bare)),
      confirm: confirmTrial(placeOf(resource), fileKind.act(resource.config, found.file)),
    }),
    undo: (resource, original) => ({
      ...trialOf(resource),
      addresses: Object.values(original.cards).flatMap(({addresses}) => addresses.map(({address}) => bare(address))),
      confirm: confirmTrial(placeOf(resource), fileKind.revert(resource.config, original.file)),
    }),
  },
  // Cards change by themselves, with leases and cables; hands on the file are somebody's.
  drift: ({config}, found) => (found.file.type === 'absent' ? undefined : fileKind.diff(config, found.file)),
  redact: resource => ({...resource, config: {...resource.config, content: undefined}}),
}

const bare = (address: string): string => address.split('/')[0] ?? address

const placeOf = ({
  config,
  cards,
  tryDir,
  runDir,
  trialSeconds,
}: HostNetworkResource): Pick<NetworkTrial, 'tryPath' | 'runDir' | 'seconds' | 'cards'> => ({
  tryPath: `${tryDir}/${posix.basename(config.path)}`,
  runDir,
  seconds: trialSeconds,
  cards: Object.keys(cards),
})

const trialOf = ({
  cards,
  trialSeconds,
  runDir,
}: HostNetworkResource): Pick<CommitConfirm, 'what' | 'seconds' | 'stage'> => ({
  what: `the network settings of ${Object.keys(cards).join(', ')}`,
  seconds: trialSeconds,
  stage: trialStage(runDir),
})

/** The cards with what was wished for them, which is what an undo that fails goes back to. */
const asWished = (wishes: HostNetworkResource['cards'], was: InterfaceStates): InterfaceStates =>
  Object.fromEntries(
    Object.entries(was).map(([name, card]): readonly [string, InterfaceState] => [
      name,
      {
        up: true,
        mtu: wishes[name]?.mtu ?? card.mtu,
        addresses: (wishes[name]?.addresses ?? []).map(address => ({address, dynamic: false})),
      },
    ]),
  )
