import {sh} from '../../remote/shell/shell.ts'

/** Starts a line on stderr that reports the progress of an act to the user. */
export const PROGRESS_MARK = '\u001dtell '

/** A shell function that reports progress to the user during an act: `kadm_tell 'waits for …'`. */
export const reportProgressShell = sh`kadm_tell() { printf '\035tell %s\n' "$1" >&2; }`
