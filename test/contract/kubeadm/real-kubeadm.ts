import {execFileSync} from 'node:child_process'
import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {cacheDir} from '../../../src/lab/image/cache.ts'

/** The kubeadm that the lab's bundle was made with; undefined on a machine that never made one. */
export function realKubeadm(): string | undefined {
  const folder = join(cacheDir(), 'programs')
  try {
    const found = readdirSync(folder).find(name => name.startsWith('kubeadm-v1.37.'))
    return found === undefined ? undefined : join(folder, found, 'kubeadm')
  } catch {
    return undefined
  }
}

/** Runs something with a file that has this text, in a folder of its own that is gone afterwards. */
function withFile<T>(text: string, run: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'kadm-kubeadm-'))
  try {
    const file = join(folder, 'kubeadm.yaml')
    writeFileSync(file, text)
    return run(file)
  } finally {
    rmSync(folder, {recursive: true})
  }
}

/** Whether `kubeadm config validate` takes a file. */
export const isTakenBy = (kubeadm: string, text: string): boolean =>
  withFile(text, file => {
    try {
      execFileSync(kubeadm, ['config', 'validate', '--config', file], {stdio: 'ignore'})
      return true
    } catch {
      return false
    }
  })

/** What `kubeadm config print` prints. */
export const printedBy = (kubeadm: string, ...args: readonly string[]): string =>
  execFileSync(kubeadm, ['config', 'print', ...args], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']})
