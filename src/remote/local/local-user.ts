import {userInfo} from 'node:os'

export interface LocalUser {
  readonly name: string
  readonly uid: number
}

/** The user who runs kadm; in a container, it may be a number without an entry in the passwd file. */
export function localUser(env: Readonly<Record<string, string | undefined>>): LocalUser {
  const uid = process.getuid?.() ?? -1
  try {
    return {name: userInfo().username, uid}
  } catch {
    return {name: env['USER'] ?? env['LOGNAME'] ?? String(uid), uid}
  }
}
