import {isWithoutAnswer} from '../../domain/errors.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Operation} from '../core/operation.ts'

/** The bootstrap token of a node that has joined; it must not stay valid. */
export interface TokenGoneResource extends ResourceBase {
  readonly kind: 'token-gone'
  readonly node: string
}

export const tokenGone = (wanted: Omit<TokenGoneResource, 'kind' | 'id'>): TokenGoneResource => ({
  kind: 'token-gone',
  id: `token-gone:${wanted.node}`,
  ...wanted,
})

export const tokenGoneOperation: Operation<TokenGoneResource> = {
  look: async ({node}, {values}) => {
    try {
      return (await values.isTokenLeft(node)) ? 'is still valid' : undefined
    } catch (error) {
      // A cluster that does not answer yet has no token, or one that expires.
      if (isWithoutAnswer(error)) return undefined
      throw error
    }
  },
  act: async ({node}, {values}) => {
    await values.revokeToken(node)
    return 'unchanged'
  },
}
