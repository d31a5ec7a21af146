import type {Arg} from '../domain/cluster.ts'

/** A component's own flags by name, before the user's. */
export type Flags = Readonly<Record<string, string | undefined>>

/**
 * kubeadm's rule (util/arguments.go): own flags sorted, those the user names left out, then the user's as typed.
 * A flag whose value is undefined is not written.
 */
export function mergeFlags(own: Flags, users: readonly Arg[]): readonly string[] {
  const named = new Set(users.map(arg => arg.name))
  const kept = Object.entries(own)
    .filter(([name, value]) => value !== undefined && !named.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value = '']) => ({name, value}))
  return [...kept, ...users].map(({name, value}) => `--${name}=${value}`)
}

/** What the user's flags say of one flag; the last wins, as in the component itself. */
export const userFlag = (users: readonly Arg[], name: string): string | undefined =>
  users.findLast(arg => arg.name === name)?.value
