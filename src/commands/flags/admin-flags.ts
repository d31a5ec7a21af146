import {Args, Flags} from '@oclif/core'
import {fileFlag} from './cluster-flags.ts'
import {sshFlags} from './ssh-flags.ts'

/** How to reach a control plane. */
export const controlPlaneFlags = {file: fileFlag, ...sshFlags}

/** How to get admin access to the cluster. */
export const adminFlags = {
  kubeconfig: Flags.string({
    helpValue: 'FILE',
    summary: 'connect to the API from this machine with this kubeconfig, instead of through the control plane',
    exclusive: ['to'],
  }),
  ...controlPlaneFlags,
}

/** The control plane as a flag, for commands whose argument is something else. */
export const toFlag = {
  to: Flags.string({
    helpValue: 'HOST',
    summary: 'a control plane: [user@]host[:port]; by default the first one in the file, or this machine',
  }),
}

/** The control plane as the command's argument. */
export const controlPlaneArg = Args.string({
  name: 'HOST',
  description: 'a control plane: [user@]host[:port]; by default the first one in the file, or this machine',
})
