import {z} from 'zod'
import {concat, sh, type Script} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {fail} from '../files/write-file.ts'
import {base, maybe} from '../core/schema.ts'

/** A kernel setting, now; that it outlives a boot is a `file` below /etc/sysctl.d. */
export interface SysctlResource extends ResourceBase {
  readonly kind: 'sysctl'
  /** `net.ipv4.ip_forward`; written with slashes when a part holds a dot. */
  readonly key: string
  readonly value: string
  readonly path: string
  /** Another setting that the kernel resets whenever this one changes; revert restores it too. */
  readonly follower?: string | undefined
}

export interface SysctlFound {
  /** undefined where the kernel has no such setting, or not yet. */
  readonly value: string | undefined
  readonly follower?: string | undefined
}

/** net/ipv4/devinet.c, inet_forward_change: who does not forward accepts redirects again, whatever a firewall's own settings said before. */
const FOLLOWERS: Readonly<Record<string, string>> = {
  'net.ipv4.ip_forward': 'net.ipv4.conf.all.accept_redirects',
}

export const sysctl = ({
  key,
  value,
  why,
  root = '/proc/sys',
}: {
  readonly key: string
  readonly value: string
  readonly why: string
  readonly root?: string
}): SysctlResource => {
  const follower = FOLLOWERS[key]
  return {
    kind: 'sysctl',
    id: `sysctl:${key}`,
    why,
    key,
    value,
    path: pathOf(root, key),
    ...(follower === undefined ? {} : {follower: pathOf(root, follower)}),
  }
}

const pathOf = (root: string, key: string): string => `${root}/${key.includes('/') ? key : key.replaceAll('.', '/')}`

const tidy = (value: string): string => value.trim().replaceAll(/\s+/g, ' ')

export const sysctlKind: Kind<SysctlResource, SysctlFound> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('sysctl'),
      key: z.string(),
      value: z.string(),
      path: z.string(),
      follower: z.string().optional(),
    }),
    state: z.object({value: maybe(z.string()), follower: z.string().optional()}),
  },
  look: ({path, follower}) =>
    concat([
      sh`if [ -e ${path} ]; then printf 'value %s\n' "$(cat ${path})"; else echo absent; fi`,
      ...(follower === undefined ? [] : [sh`[ ! -e ${follower} ] || printf 'follower %s\n' "$(cat ${follower})"`]),
    ]),
  parse: output => {
    const of = (name: string): string | undefined => {
      const line = output.split('\n').find(one => one.startsWith(`${name} `))
      return line === undefined ? undefined : tidy(line.slice(name.length))
    }
    const follower = of('follower')
    return {value: of('value'), ...(follower === undefined ? {} : {follower})}
  },
  identity: ({value, follower}) => ({value, follower}),
  diff: ({value}, found) => {
    if (found.value === undefined) return 'the kernel does not have this setting yet'
    return found.value === tidy(value) ? undefined : `is ${found.value}, should be ${tidy(value)}`
  },
  // By `echo` rather than `sysctl -w`: procps is not on every minimal system.
  act: ({
    path,
    key,
    value,
  }) => sh`[ -e ${path} ] || ${fail(`the kernel has no setting ${key}: the module that brings it is not loaded`)}
printf '%s\n' ${value} 2>/dev/null >${path} || ${fail(`${key} cannot be set here to ${value}: this looks like a container; set it on the machine around it`)}`,
  revert: ({path, follower}, original) =>
    concat([
      ...(original.value === undefined ? [] : [restoreFile(path, original.value)]),
      ...(follower === undefined || original.follower === undefined ? [] : [restoreFile(follower, original.follower)]),
    ]),
}

const restoreFile = (path: string, value: string): Script =>
  sh`if [ -e ${path} ]; then printf '%s\n' ${value} >${path}; fi`
