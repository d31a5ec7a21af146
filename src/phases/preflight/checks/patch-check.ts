import {error, type HostCheck} from '../input.ts'

/** A run without the patches that the file names would make another cluster than the user asked for. */
export const patchCheck: HostCheck = (view, {cluster}) => {
  const command = view.isControlPlane ? cluster.kubeadm?.init : cluster.kubeadm?.join
  const directory = command?.patchesDirectory
  if (directory === undefined || command?.patches !== undefined) return []
  const remedy =
    'kadm reads patches on the machine where it runs: copy the folder there, or name another with --patches'
  return [error('Patches', view, `the folder of patches ${directory} is not there`, remedy)]
}
