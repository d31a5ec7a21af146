/** The releases of Debian that lab machines can run, by codename: Debian 12 and 13. */
export const RELEASES = ['bookworm', 'trixie'] as const

export type DebianRelease = (typeof RELEASES)[number]

export const DEFAULT_RELEASE: DebianRelease = 'bookworm'
