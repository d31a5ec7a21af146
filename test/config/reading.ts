import {type ReadCluster, readCluster} from '../../src/config/read/read-cluster.ts'
import {KadmError} from '../../src/domain/errors.ts'

/** Files that a configuration under test may name. */
export const environment = (files: Readonly<Record<string, string>> = {}) => ({
  readFile: (path: string): string => {
    const text = files[path]
    if (text === undefined) throw new Error('no such file')
    return text
  },
})

export const read = (text: string): ReadCluster => readCluster('kadm.yaml', text, environment())

/** The lines of the `config` error that an action ends with. */
export function problems(action: () => unknown): readonly string[] {
  try {
    action()
  } catch (error) {
    if (!(error instanceof KadmError) || error.code !== 'config') throw error
    return error.message.split('\n')
  }
  return []
}

/** A small good file; `more` goes below it, `host` into its first host. */
export const file = (more = '', host = ''): string => `apiVersion: kadm/v1
kind: Cluster
hosts:
- role: control-plane
  ssh: ubuntu@192.168.56.10
${host}${more}`
