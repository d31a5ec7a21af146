import {Args, Flags} from '@oclif/core'
import {fileFlag} from './cluster-flags.ts'
import {sshFlags} from './ssh-flags.ts'

/** How a control plane is reached. */
export const controlPlaneFlags = {file: fileFlag, ...sshFlags}

/** How the cluster's administrator is reached. */
export const adminFlags = {
  kubeconfig: Flags.string({
    helpValue: 'FILE',
    summary: "reach the API from here with this kubeconfig instead of through the control plane's own",
    exclusive: ['to'],
  }),
  ...controlPlaneFlags,
}

/** The control plane as a flag, for commands whose argument is something else. */
export const toFlag = {
  to: Flags.string({
    helpValue: 'HOST',
    summary: "a control plane: [user@]host[:port]; else the file's first, else this machine",
  }),
}

/** The control plane as the command's argument. */
export const controlPlaneArg = Args.string({
  name: 'HOST',
  description: "a control plane: [user@]host[:port]; else the file's first, else this machine",
})
