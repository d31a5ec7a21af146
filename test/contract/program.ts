import {execFileSync, type StdioOptions} from 'node:child_process'

/** Runs one of OpenSSH's own programs and gives its stdout. */
export const program = (
  name: string,
  args: readonly string[],
  options: {readonly env?: NodeJS.ProcessEnv; readonly stdio?: StdioOptions} = {},
): string => String(execFileSync(name, args, {stdio: ['ignore', 'pipe', 'ignore'], ...options}))
