import {validateFile} from '../../../src/config/read/validate-file.ts'
import {KadmError} from '../../../src/domain/errors.ts'
import {environment} from './given.ts'

/** Whether `kadm config validate` takes a file. */
export function isTakenByKadm(text: string): boolean {
  try {
    validateFile('kubeadm.yaml', text, environment)
    return true
  } catch (error) {
    if (error instanceof KadmError && error.code === 'config') return false
    throw error
  }
}
