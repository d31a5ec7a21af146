import {Flags} from '@oclif/core'
import {fileFlag, sourceFlags} from './cluster-flags.ts'
import {outputFlag} from './output-flag.ts'
import {ignoreFlag, skipUnreachableFlag, takeLeaseFlag, yesFlag} from './phase-flags.ts'
import {sshFlags} from './ssh-flags.ts'

/** The flags of commands that restore a cluster from a file. */
export const restoreFlags = {
  file: fileFlag,
  ...sourceFlags,
  ...ignoreFlag,
  'dry-run': Flags.boolean({summary: 'print what kadm would change, and change nothing', helpGroup: 'PHASE'}),
  ...takeLeaseFlag,
  ...skipUnreachableFlag,
  ...yesFlag,
  ...sshFlags,
  ...outputFlag(),
}
