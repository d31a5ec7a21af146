import {Flags} from '@oclif/core'

const list = {multiple: true, multipleNonGreedy: true, delimiter: ','} as const

/** Which part of the work is done. */
export const selectFlags = {
  only: Flags.string({
    ...list,
    helpValue: 'PHASE',
    summary: 'do only these phases (kadm phase list)',
    helpGroup: 'PHASE',
  }),
  'skip-phases': Flags.string({...list, helpValue: 'PHASE', summary: 'leave these phases out', helpGroup: 'PHASE'}),
}

export const ignoreFlag = {
  'ignore-preflight-errors': Flags.string({
    ...list,
    helpValue: 'CHECK',
    summary: "treat these checks' errors as warnings; 'all' means every one",
    helpGroup: 'PHASE',
  }),
}

/** For a run that was killed on another machine. */
export const takeLeaseFlag = {
  'take-lease': Flags.boolean({summary: 'take over from another run that is certainly dead', helpGroup: 'PHASE'}),
}

/** How a command that changes machines behaves. */
export const changeFlags = {
  ...selectFlags,
  ...ignoreFlag,
  'dry-run': Flags.boolean({summary: 'say what would be changed and change nothing', helpGroup: 'PHASE'}),
  ...takeLeaseFlag,
}

export const yesFlag = {yes: Flags.boolean({char: 'y', summary: 'do not ask'})}
