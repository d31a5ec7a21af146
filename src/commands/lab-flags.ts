import {Args, Flags} from '@oclif/core'

export const DEFAULT_LAB = 'demo'

export const labArg = Args.string({default: DEFAULT_LAB, description: 'name of the lab'})
export const machineArg = Args.string({required: true, description: 'name of the machine'})
export const namedLabArg = Args.string({required: true, description: 'name of the lab'})

/** What a lab is made of. */
export const labFlags = {
  machines: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    default: ['master', 'worker-1', 'worker-2'],
    helpValue: 'NAME',
    summary: 'machines of the lab, the control plane first',
  }),
  'kubernetes-version': Flags.string({helpValue: 'vX.Y.Z', summary: 'Kubernetes release to prepare'}),
}

export const LAB_EXITS = {
  3: 'this computer lacks something the lab needs',
  5: 'a machine did not start',
  130: 'stopped by Ctrl-C',
} as const
