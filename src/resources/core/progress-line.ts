import {sh} from '../../remote/shell/shell.ts'

/** Begins the line on stderr that an act says to the user while it works. */
export const PROGRESS_MARK = '\u001dtell '

/** A function that tells the user something while an act works: `kadm_tell 'waits for …'`. */
export const reportProgressShell = sh`kadm_tell() { printf '\035tell %s\n' "$1" >&2; }`
