import {Flags} from '@oclif/core'

const list = {multiple: true, multipleNonGreedy: true, delimiter: ','} as const

/** Which phases to run. */
export const selectFlags = {
  only: Flags.string({
    ...list,
    helpValue: 'PHASE',
    summary: 'run only these phases (see: kadm phase list)',
    helpGroup: 'PHASE',
  }),
  'skip-phases': Flags.string({...list, helpValue: 'PHASE', summary: 'skip these phases', helpGroup: 'PHASE'}),
}

export const ignoreFlag = {
  'ignore-preflight-errors': Flags.string({
    ...list,
    helpValue: 'CHECK',
    summary: "treat errors of these checks as warnings; 'all' means every check",
    helpGroup: 'PHASE',
  }),
}

/** For a run that was killed on another machine. */
export const takeLeaseFlag = {
  'take-lease': Flags.boolean({
    summary: 'take over the lock of another run; use it only if that process is dead',
    helpGroup: 'PHASE',
  }),
}

/** How a command that changes machines behaves. */
export const changeFlags = {
  ...selectFlags,
  ...ignoreFlag,
  'dry-run': Flags.boolean({summary: 'print what kadm would change, and change nothing', helpGroup: 'PHASE'}),
  ...takeLeaseFlag,
}

export const skipUnreachableFlag = {
  'skip-unreachable': Flags.boolean({
    summary: 'continue without the hosts that do not answer, and name them at the end',
  }),
}

export const yesFlag = {yes: Flags.boolean({char: 'y', summary: 'answer yes to the question'})}
