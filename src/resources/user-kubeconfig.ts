import {ADMIN_CONF} from '../domain/paths.ts'
import {sh} from '../remote/shell.ts'
import type {Kind, ResourceBase} from './kind.ts'
import {keepCopy, putBack} from './put.ts'
import {removeTrees} from './remove-tree.ts'

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
  why: 'kubectl works at once for the person who logs in there',
  ...spec,
})

const pathOf = ({home}: UserKubeconfigResource): string => `${home}/.kube/config`

export const userKubeconfigKind: Kind<UserKubeconfigResource, UserKubeconfigFound> = {
  // The client certificate is public and names this administrator of this cluster exactly.
  look: resource => sh`[ ! -d ${resource.home}/.kube ] || echo folder
if [ ! -e ${pathOf(resource)} ]; then echo absent
elif kadm_line=$(grep -m1 client-certificate-data: ${ADMIN_CONF} 2>/dev/null | tr -d ' "') && [ -n "$kadm_line" ] && tr -d ' "' <${pathOf(resource)} | grep -qxF -e "$kadm_line"; then echo same
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
        ? 'is not there'
        : 'does not hold this cluster; it will be added, what is there stays',
  act: (resource, {file}) => {
    const path = pathOf(resource)
    const owner = `${String(resource.uid)}:${String(resource.gid)}`
    const content =
      file === 'other'
        ? sh`KUBECONFIG=${ADMIN_CONF}:${path} kubectl config view --flatten --merge`
        : sh`cat ${ADMIN_CONF}`
    return sh`umask 077
[ -d ${resource.home}/.kube ] || { mkdir ${resource.home}/.kube; chown ${owner} ${resource.home}/.kube; }
${content} >${path}.kadm
chown ${owner} ${path}.kadm
mv -f ${path}.kadm ${path}`
  },
  keep: (resource, {file}) => (file === 'absent' ? sh`:` : keepCopy(pathOf(resource))),
  undo: (resource, original) =>
    original.file === 'absent'
      ? sh`rm -f -- ${pathOf(resource)}
${
  original.folder
    ? sh`:`
    : sh`${removeTrees(`${resource.home}/.kube/cache`)}
rmdir -- ${resource.home}/.kube 2>/dev/null || :`
}`
      : putBack(pathOf(resource)),
  taken: () => undefined,
}
