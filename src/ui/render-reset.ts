import {EXIT} from '../domain/errors.ts'
import type {HostReset} from '../engine/workflows/reset.ts'
import {plural} from './words.ts'

/** What a reset did on each machine, and what it left. */
export const resetLines = (hosts: readonly HostReset[]): readonly string[] =>
  hosts.flatMap(({host, undone, left}) => [
    `${host}: ${plural(undone.length, 'change')} undone`,
    ...left.map(({id, because}) => `${host}: ${id} not restored: ${because}`),
  ])

/** A change that you or another program made stays on purpose; one that kadm cannot read is not restored. */
export const resetExitCode = (hosts: readonly HostReset[]): number =>
  hosts.some(({left}) => left.some(({reason}) => reason === 'unread')) ? EXIT.verify : 0
