import {canonicalAddress} from '../../domain/cidr.ts'
import {concat, type Script, sh} from '../../remote/shell/shell.ts'

/** The desired addresses of an interface. */
export interface InterfaceSpec {
  /** With prefix length. */
  readonly addresses: readonly string[]
  readonly gateway: string | undefined
  readonly mtu?: number | undefined
}

/** The state of an interface. */
export interface InterfaceState {
  readonly up: boolean
  readonly mtu: number
  /** With prefix length; `dynamic` ones were leased and may be others next time. */
  readonly addresses: readonly {readonly address: string; readonly dynamic: boolean}[]
}

/** By interface name; a card that is not there is not named. */
export type InterfaceStates = Readonly<Record<string, InterfaceState>>

/** Read-only shell that `parseInterfaceStates` understands. */
export const lookAtInterfaces = (names: readonly string[]): Script =>
  concat(
    names.map(
      name => sh`ip -o link show dev ${name} 2>/dev/null | sed 's/^/link /'
ip -o addr show dev ${name} scope global 2>/dev/null | sed 's/^/address /'`,
    ),
  )

/** Reads what `lookAtInterfaces` printed. */
export function parseInterfaceStates(output: string): InterfaceStates {
  const lines = output.split('\n')
  const addresses = lines.flatMap(line => {
    const [, name = '', text = '', rest = ''] = /^address \d+: (\S+)\s+inet6? (\S+)(.*)/.exec(line) ?? []
    return name === '' ? [] : [{name, address: canonical(text), dynamic: / dynamic /.test(rest)}]
  })
  const links = lines.flatMap(line => {
    const [, name = '', flags = '', mtu] = /^link \d+: ([^:@\s]+)[^<]*<([^>]*)>.*? mtu (\d+)/.exec(line) ?? []
    return name === '' ? [] : [{name, up: flags.split(',').includes('UP'), mtu: Number(mtu)}]
  })
  return Object.fromEntries(
    links.map(({name, up, mtu}) => [
      name,
      {up, mtu, addresses: addresses.filter(a => a.name === name).map(({address, dynamic}) => ({address, dynamic}))},
    ]),
  )
}

/** An address with its prefix length, as `ip` writes it. */
export function canonical(text: string): string {
  const [address = '', prefix = ''] = text.split('/')
  return `${canonicalAddress(address)}/${prefix}`
}

/** What the interfaces lack, for people; undefined when they lack nothing. */
export function interfacesDiff(
  wanted: Readonly<Record<string, InterfaceSpec>>,
  found: InterfaceStates,
): string | undefined {
  const parts = Object.entries(wanted).flatMap(([name, {addresses, mtu}]) => {
    const state = found[name]
    if (state === undefined) return [`${name} does not exist`]
    const lacks = addresses.filter(address => state.addresses.every(has => has.address !== address))
    return [
      ...lacks.map(address => `${name} does not have ${address}`),
      ...(mtu === undefined || mtu === state.mtu ? [] : [`${name} has the MTU ${state.mtu} instead of ${mtu}`]),
    ]
  })
  return parts.length === 0 ? undefined : parts.join(', ')
}
