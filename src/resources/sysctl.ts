import {sh} from '../remote/shell.ts'
import type {Kind, ResourceBase} from './kind.ts'
import {fail} from './put.ts'

/** A kernel setting, now; that it outlives a boot is a `file` below /etc/sysctl.d. */
export interface SysctlResource extends ResourceBase {
  readonly kind: 'sysctl'
  /** `net.ipv4.ip_forward`; written with slashes when a part holds a dot. */
  readonly key: string
  readonly value: string
  readonly path: string
}

export interface SysctlFound {
  /** undefined where the kernel has no such setting, or not yet. */
  readonly value: string | undefined
}

export const sysctl = (spec: {
  readonly key: string
  readonly value: string
  readonly why: string
  readonly root?: string
}): SysctlResource => ({
  kind: 'sysctl',
  id: `sysctl:${spec.key}`,
  why: spec.why,
  key: spec.key,
  value: spec.value,
  path: `${spec.root ?? '/proc/sys'}/${spec.key.includes('/') ? spec.key : spec.key.replaceAll('.', '/')}`,
})

const tidy = (value: string): string => value.trim().replaceAll(/\s+/g, ' ')

export const sysctlKind: Kind<SysctlResource, SysctlFound> = {
  look: ({path}) => sh`if [ -e ${path} ]; then printf 'value %s\n' "$(cat ${path})"; else echo absent; fi`,
  parse: output => ({value: output.startsWith('value ') ? tidy(output.slice('value '.length)) : undefined}),
  diff: ({value}, found) => {
    if (found.value === undefined) return 'the kernel has no such setting yet'
    return found.value === tidy(value) ? undefined : `is ${found.value}, should be ${tidy(value)}`
  },
  // By `echo` rather than `sysctl -w`: procps is not on every minimal system.
  act: ({
    path,
    key,
    value,
  }) => sh`[ -e ${path} ] || ${fail(`the kernel has no setting ${key}: the module that brings it is not loaded`)}
printf '%s\n' ${value} 2>/dev/null >${path} || ${fail(`${key} cannot be set here to ${value}: this looks like a container; set it on the machine around it`)}`,
  undo: ({path}, original) =>
    original.value === undefined ? sh`:` : sh`if [ -e ${path} ]; then printf '%s\n' ${original.value} >${path}; fi`,
}
