import {z} from 'zod'
import {ADMIN_CONF} from '../../domain/paths.ts'
import {sh, type Script} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {removeTrees} from '../files/remove-tree.ts'
import {base} from '../core/schema.ts'

/** The administrator's kubeconfig for the login user, so that `kubectl` works there. Other clusters in the file stay in it. */
export interface UserKubeconfigResource extends ResourceBase {
  readonly kind: 'user-kubeconfig'
  readonly home: string
  readonly uid: number
  readonly gid: number
}

export interface UserKubeconfigFound {
  readonly folder: boolean
  /** `same`: holds this cluster and this administrator already. */
  readonly file: 'absent' | 'same' | 'other'
}

export const userKubeconfig = (spec: {
  readonly home: string
  readonly uid: number
  readonly gid: number
}): UserKubeconfigResource => ({
  kind: 'user-kubeconfig',
  id: `user-kubeconfig:${spec.home}/.kube/config`,
  why: 'makes kubectl work for the user who logs in to the host',
  ...spec,
})

const pathOf = ({home}: UserKubeconfigResource): string => `${home}/.kube/config`

const ownerOf = ({uid, gid}: UserKubeconfigResource): string => `${String(uid)}:${String(gid)}`

/** A link stays a link: what it leads to is what is written. */
const place = (resource: UserKubeconfigResource): Script => sh`kadm_to=$(readlink -m -- ${pathOf(resource)})`

/**
 * Entries of other clusters go through as they are. Without --flatten kubectl does not read the files that they name, which may be
 * gone. An entry of the same name for another cluster is never replaced.
 */
const merged = (resource: UserKubeconfigResource): Script => sh`{
kadm_of() { KUBECONFIG=$1 kubectl config view --raw -o 'jsonpath={range .clusters[*]}{.name}{" "}{.cluster.server}{" "}{.cluster.certificate-authority-data}{"\n"}{end}'; }
kadm_own=$(kadm_of ${ADMIN_CONF} | head -n 1)
kadm_there=$(kadm_of "$kadm_to" | awk -v name="$(printf %s "$kadm_own" | cut -d' ' -f1)" '$1 == name')
if [ -n "$kadm_there" ] && [ "$(printf %s "$kadm_there" | cut -d' ' -f2)" != "$(printf %s "$kadm_own" | cut -d' ' -f2)" ] && [ "$(printf %s "$kadm_there" | cut -d' ' -f3)" != "$(printf %s "$kadm_own" | cut -d' ' -f3)" ]; then
printf "%s has another cluster named '%s'\n" ${pathOf(resource)} "$(printf %s "$kadm_own" | cut -d' ' -f1)" >&2; exit 1
fi
KUBECONFIG=${ADMIN_CONF}:"$kadm_to" kubectl config view --raw --merge
}`

export const userKubeconfigKind: Kind<UserKubeconfigResource, UserKubeconfigFound> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('user-kubeconfig'),
      home: z.string(),
      uid: z.number(),
      gid: z.number(),
    }),
    state: z.object({folder: z.boolean(), file: z.enum(['absent', 'same', 'other'])}),
  },
  // The client certificate is public and names this administrator of this cluster exactly.
  look: resource => sh`[ ! -d ${resource.home}/.kube ] || echo folder
if [ ! -e ${pathOf(resource)} ] && [ ! -L ${pathOf(resource)} ]; then echo absent
elif kadm_line=$(grep -m1 client-certificate-data: ${ADMIN_CONF} 2>/dev/null | tr -d ' "') && [ -n "$kadm_line" ] && [ -f ${pathOf(resource)} ] && tr -d ' "' <${pathOf(resource)} | grep -qxF -e "$kadm_line"; then echo same
else echo other; fi`,
  parse: output => ({
    folder: output.startsWith('folder'),
    file: output.includes('same') ? 'same' : output.includes('absent') ? 'absent' : 'other',
  }),
  identity: ({file}) => ({isThere: file !== 'absent'}),
  diff: (_, {file}) =>
    file === 'same'
      ? undefined
      : file === 'absent'
        ? 'does not exist'
        : 'does not contain this cluster; kadm will add it and keep the other clusters',
  act: resource => sh`umask 077; set -C
trap '' PIPE
${place(resource)}
kadm_new=$(dirname -- "$kadm_to")/.kadm-$(basename -- "$kadm_to").new
trap 'rm -f -- "$kadm_new"' EXIT
trap 'exit 1' HUP INT TERM
[ ! -d "$kadm_to" ] || { printf '%s is a folder\n' "$kadm_to" >&2; exit 1; }
[ -d ${resource.home}/.kube ] || { mkdir -- ${resource.home}/.kube; chown -- ${ownerOf(resource)} ${resource.home}/.kube; }
rm -f -- "$kadm_new"
if [ -s "$kadm_to" ]; then ${merged(resource)}
else cat -- ${ADMIN_CONF}; fi >"$kadm_new"
[ -s "$kadm_new" ] || { printf 'kubectl made an empty file of %s\n' "$kadm_to" >&2; exit 1; }
[ ! -e "$kadm_to" ] || chmod --reference="$kadm_to" -- "$kadm_new"
chown -- ${ownerOf(resource)} "$kadm_new"
mv -fT -- "$kadm_new" "$kadm_to"`,
  backup: resource => sh`if [ -f ${pathOf(resource)} ]; then cp -aL -T -- ${pathOf(resource)} "$BACKUP"/original
elif [ ! -e ${pathOf(resource)} ]; then : >"$BACKUP"/absent; fi`,
  revert: (resource, original) => sh`${place(resource)}
if [ -e "$BACKUP"/original ]; then
kadm_new=$(dirname -- "$kadm_to")/.kadm-$(basename -- "$kadm_to").new
rm -f -- "$kadm_new"; cp -a -T -- "$BACKUP"/original "$kadm_new"; mv -fT -- "$kadm_new" "$kadm_to"
elif [ -e "$BACKUP"/absent ] || [ ${original.file} = absent ]; then
rm -f -- "$kadm_to"
${
  original.folder
    ? sh`:`
    : sh`${removeTrees(`${resource.home}/.kube/cache`)}
rmdir -- ${resource.home}/.kube 2>/dev/null || :`
}
fi`,
  drift: () => undefined,
}
