import {parse} from 'yaml'
import {KadmError} from '../domain/errors.ts'
import type {PatchFile} from '../domain/kubeadm.ts'
import {isMapping, type Mapping} from '../domain/mapping.ts'
import {patchName, type PatchName, type PatchTarget} from '../domain/patch-name.ts'
import {jsonPatch} from './json-patch.ts'
import {mergePatch, strategicMerge} from './merge-patch.ts'

/** The object with every patch for its target, in the order of the files' names. */
export function patched(target: PatchTarget, object: Mapping, files: readonly PatchFile[]): Mapping {
  return files
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .reduce<Mapping>((value, file) => {
      const name = patchName(file.name)
      if (typeof name === 'string' || name.target !== target) return value
      return applied(value, name, file)
    }, object)
}

function applied(value: Mapping, {target, type}: PatchName, file: PatchFile): Mapping {
  try {
    const patch: unknown = parse(file.text)
    const result =
      type === 'json'
        ? jsonPatch(value, patch)
        : type === 'merge'
          ? mergePatch(value, patch)
          : strategicMerge(value, patch)
    if (isMapping(result)) return result
    throw new Error('the result must be a mapping')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new KadmError('config', `cannot apply the patch ${file.name} to ${target}: ${reason}`, {
      hint: 'correct the file in the folder of patches',
    })
  }
}
