import {resolve} from 'node:path'
import {readBundle} from '../../bundle/read-bundle.ts'
import type {LocalBundle} from '../../phases/phase.ts'

/** The bundle a cluster takes its software from, by an absolute path. */
export const openBundle = (dir: string): Promise<LocalBundle> => readBundle(resolve(dir))
