/** The parts of a bootstrap token. */
export interface BootstrapToken {
  readonly id: string
  readonly secret: string
}

/** `abcdef.0123456789abcdef`; undefined for anything else. */
export function parseToken(text: string): BootstrapToken | undefined {
  const match = /^([a-z0-9]{6})\.([a-z0-9]{16})$/.exec(text)
  return match?.[1] === undefined || match[2] === undefined ? undefined : {id: match[1], secret: match[2]}
}

export const tokenText = (token: BootstrapToken): string => `${token.id}.${token.secret}`
