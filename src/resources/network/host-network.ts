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
  restoreInterfaces,
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
  readonly interfaces: Readonly<Record<string, InterfaceSpec>>
  readonly trialSeconds: number
  readonly runDir: string
  /** The folder that netplan reads first, and that a reboot clears. */
  readonly tryDir: string
}

export interface HostNetworkFound {
  readonly netplan: boolean
  readonly file: PathState
  /** Of those that the resource names. */
  readonly interfaces: InterfaceStates
}

export interface HostNetworkSpec {
  readonly why: string
  readonly path: string
  /** netplan's YAML. */
  readonly text: string
  readonly interfaces: Readonly<Record<string, InterfaceSpec>>
  readonly trialSeconds?: number
  readonly runDir?: string
  readonly tryDir?: string
}

/** What netplan's file gives to the interfaces it names. */
export const hostNetwork = ({why, path, text, interfaces, ...rest}: HostNetworkSpec): HostNetworkResource => ({
  kind: 'host-network',
  id: `host-network:${path}`,
  why,
  config: file({path, why, content: text, mode: '0600'}),
  interfaces: Object.fromEntries(
    Object.entries(interfaces).map(([name, state]) => [name, {...state, addresses: state.addresses.map(canonical)}]),
  ),
  trialSeconds: rest.trialSeconds ?? 120,
  runDir: rest.runDir ?? `${RUN_DIR}/network`,
  tryDir: rest.tryDir ?? '/run/netplan',
})

const interfaceSpec: z.ZodType<InterfaceSpec> = z.object({
  addresses: texts,
  gateway: maybe(z.string()),
  mtu: z.number().optional(),
})
const interfaceState = z.object({
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
      interfaces: z.record(z.string(), interfaceSpec),
      trialSeconds: z.number(),
      runDir: z.string(),
      tryDir: z.string(),
    }),
    state: z.object({netplan: z.boolean(), file: pathState, interfaces: z.record(z.string(), interfaceState)}),
  },
  look: ({
    config,
    interfaces,
  }) => sh`if command -v netplan >/dev/null; then echo 'netplan yes'; else echo 'netplan no'; fi
${lookAtInterfaces(Object.keys(interfaces))}
echo file
${fileKind.look(config)}`,
  parse: output => {
    const at = output.indexOf('file\n')
    return {
      netplan: output.startsWith('netplan yes'),
      interfaces: parseInterfaceStates(output.slice(0, at)),
      file: parsePath(output.slice(at + 'file\n'.length)),
    }
  },
  identity: ({file: found, interfaces}) => ({
    file: pathIdentity(found),
    // DHCP may assign another address next time.
    ...Object.fromEntries(
      Object.entries(interfaces).map(([name, {up, mtu, addresses}]) => [
        `interface ${name}`,
        {up, mtu, addresses: addresses.flatMap(({address, dynamic}) => (dynamic ? [] : [address])).toSorted()},
      ]),
    ),
  }),
  diff: ({config, interfaces}, found) => {
    const differs = fileKind.diff(config, found.file)
    const lacking = interfacesDiff(interfaces, found.interfaces)
    const parts = [
      ...(differs === undefined ? [] : [`${config.path} ${differs}`]),
      ...(lacking === undefined ? [] : [lacking]),
    ]
    return parts.length === 0 ? undefined : parts.join(', ')
  },
  detail: ({config}, found) => fileKind.detail?.(config, found.file),
  backup: ({config}, found) => fileKind.backup?.(config, found.file) ?? sh`:`,
  act: (resource, found) => {
    const {config, interfaces} = resource
    const {content} = config
    if (content === undefined) throw new Error(`the content of ${config.path} was never made`)
    return concat([
      sh`command -v netplan >/dev/null || ${fail('netplan is not installed; give the host its addresses by hand, or install netplan.io')}`,
      refuseTaken(interfaces, found.interfaces),
      beginTrial({
        ...placeOf(resource),
        write: to => writeContent(content, to),
        check: checkWishes(interfaces),
        restore: restoreInterfaces(found.interfaces, interfaces),
      }),
    ])
  },
  revert: (resource, {file: original, interfaces: was}) =>
    beginTrial({
      ...placeOf(resource),
      write: to =>
        original.type === 'file' ? sh`cp -a -- "$BACKUP"/original ${to}` : writeContent('network: {version: 2}\n', to),
      check: restoreInterfaces(was, resource.interfaces),
      restore: restoreInterfaces(asWished(resource.interfaces, was), {}),
    }),
  commitConfirm: {
    act: (resource, found) => ({
      ...trialOf(resource),
      addresses: Object.values(resource.interfaces).flatMap(({addresses}) => addresses.map(bare)),
      confirm: confirmTrial(placeOf(resource), fileKind.act(resource.config, found.file)),
    }),
    revert: (resource, original) => ({
      ...trialOf(resource),
      addresses: Object.values(original.interfaces).flatMap(({addresses}) =>
        addresses.map(({address}) => bare(address)),
      ),
      confirm: confirmTrial(placeOf(resource), fileKind.revert(resource.config, original.file)),
    }),
  },
  // Interfaces change on their own, with leases and cables; the file was edited by hand.
  drift: ({config}, found) => (found.file.type === 'absent' ? undefined : fileKind.diff(config, found.file)),
  redact: resource => ({...resource, config: {...resource.config, content: undefined}}),
}

const bare = (address: string): string => address.split('/')[0] ?? address

const placeOf = ({
  config,
  interfaces,
  tryDir,
  runDir,
  trialSeconds,
}: HostNetworkResource): Pick<NetworkTrial, 'tryPath' | 'runDir' | 'seconds' | 'interfaces'> => ({
  tryPath: `${tryDir}/${posix.basename(config.path)}`,
  runDir,
  seconds: trialSeconds,
  interfaces: Object.keys(interfaces),
})

const trialOf = ({
  interfaces,
  trialSeconds,
  runDir,
}: HostNetworkResource): Pick<CommitConfirm, 'what' | 'seconds' | 'stage'> => ({
  what: `the network settings of ${Object.keys(interfaces).join(', ')}`,
  seconds: trialSeconds,
  stage: trialStage(runDir),
})

/** The interfaces with their configured addresses, to which a failed revert returns. */
const asWished = (wishes: HostNetworkResource['interfaces'], was: InterfaceStates): InterfaceStates =>
  Object.fromEntries(
    Object.entries(was).map(([name, state]): readonly [string, InterfaceState] => [
      name,
      {
        up: true,
        mtu: wishes[name]?.mtu ?? state.mtu,
        addresses: (wishes[name]?.addresses ?? []).map(address => ({address, dynamic: false})),
      },
    ]),
  )
