import {z} from 'zod'
import {sh} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {fail} from '../files/write-file.ts'
import {base} from '../core/schema.ts'

/** A kernel module that must be there now, loaded or built in; that it outlives a boot is a `file` below /etc/modules-load.d. */
export interface KernelModuleResource extends ResourceBase {
  readonly kind: 'kernel-module'
  readonly name: string
  readonly roots: KernelRoots
}

export interface KernelRoots {
  readonly sys: string
  readonly proc: string
  readonly modules: string
}

export interface KernelModuleFound {
  readonly present: boolean
}

export const kernelModule = (spec: {
  readonly name: string
  readonly why: string
  readonly roots?: KernelRoots
}): KernelModuleResource => ({
  kind: 'kernel-module',
  id: `kernel-module:${spec.name}`,
  why: spec.why,
  name: spec.name,
  roots: spec.roots ?? {sys: '/sys', proc: '/proc', modules: '/lib/modules'},
})

/** A path below /proc that shows that a module works even where modules are not visible, as in a container. */
const SIGNS: Readonly<Record<string, string>> = {
  br_netfilter: 'sys/net/bridge',
  nf_conntrack: 'sys/net/netfilter/nf_conntrack_max',
}

export const kernelModuleKind: Kind<KernelModuleResource, KernelModuleFound> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('kernel-module'),
      name: z.string(),
      roots: z.object({sys: z.string(), proc: z.string(), modules: z.string()}),
    }),
    state: z.object({present: z.boolean()}),
  },
  look: ({name, roots: {sys, proc, modules}}) => {
    const id = name.replaceAll('-', '_')
    return sh`if [ -d ${`${sys}/module/${id}`} ] || grep -qsw -e ${id} ${`${proc}/filesystems`} || [ -e ${`${proc}/${SIGNS[id] ?? `none/${id}`}`} ] \
|| tr - _ 2>/dev/null <${modules}/"$(uname -r)"/modules.builtin | grep -qs -e ${`/${id}\\.ko`}; then echo present; else echo absent; fi 2>/dev/null`
  },
  parse: output => ({present: output.trim() === 'present'}),
  identity: ({present}) => ({present}),
  diff: (_, {present}) => (present ? undefined : 'is not loaded'),
  act: ({
    name,
  }) => sh`command -v modprobe >/dev/null || ${fail(`the kernel lacks ${name}, and there is no modprobe to load it (package kmod)`)}
modprobe -- ${name} || ${fail(`the kernel's module ${name} cannot be loaded: in a container, load it on the machine around it; else install the modules of the running kernel or boot the newest one`)}`,
  // Refused by the kernel while something uses it, which is right.
  revert: ({name}) =>
    sh`modprobe -r -- ${name} 2>/dev/null || printf '%s stays loaded until the next boot, something uses it\n' ${name}`,
}
