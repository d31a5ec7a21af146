/** One line of what `sudo -l` lists: `(root) NOPASSWD: /usr/bin/apt`, `(ALL : ALL) ALL`. */
const ENTRY = /^\s+\(([^)]*)\)\s*(.*)$/

/** Whether sudo's own list (`sudo -l`, of sudo and sudo-rs in the C locale) grants the user something, but not every program as root. */
export function isLimited(list: string): boolean {
  const at = list.search(/may run the following commands/)
  if (at < 0) return false
  const entries = list
    .slice(at)
    .split('\n')
    .flatMap(line => entryOf(line) ?? [])
  return entries.length > 0 && !entries.some(({asRoot, commands}) => asRoot && commands.includes('ALL'))
}

interface Entry {
  readonly asRoot: boolean
  readonly commands: readonly string[]
}

function entryOf(line: string): Entry | undefined {
  const [, runAs, rest] = ENTRY.exec(line) ?? []
  if (runAs === undefined || rest === undefined) return undefined
  const users = (runAs.split(':')[0] ?? '').split(',').map(user => user.trim())
  const commands = rest.split(',').map(word => word.trim().replace(/^(?:[A-Z_]+:\s*)+/, ''))
  return {asRoot: users.includes('ALL') || users.includes('root'), commands}
}
