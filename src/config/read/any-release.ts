import {DEFAULTS} from '../draft/defaults.ts'

/** Stands for what a label such as `stable-1.37` means where the release does not matter: any of that minor is judged alike, and no server is asked. */
export function anyRelease(label: string): string {
  const minor = /-1\.(\d+)$/.exec(label)?.[1]
  return minor === undefined ? DEFAULTS.version : `v1.${minor}.0`
}
