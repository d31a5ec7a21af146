import {registryServer} from '../domain/registry.ts'
import type {Downloads} from './create-bundle.ts'
import {ORIGINS} from './releases.ts'

/** The community's own servers, as they are reached from this machine. */
export const internet = (signal: AbortSignal | undefined): Downloads => ({
  fetch,
  urlOf: host => `https://${registryServer(host)}`,
  origins: ORIGINS,
  signal,
})
