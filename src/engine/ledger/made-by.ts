import {ownFile} from '../../remote/local/own-files.ts'

const manifest: unknown = JSON.parse(ownFile('package.json'))

/** The version of this kadm, from its package.json. */
export const KADM_VERSION: string =
  typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown'
