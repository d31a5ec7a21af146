import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll} from 'vitest'

const folders: string[] = []
afterAll(() => folders.forEach(folder => rmSync(folder, {recursive: true, force: true})))

/** A temporary folder that goes when the test file is done. */
export const newFolder = (purpose: string): string => {
  const folder = mkdtempSync(join(tmpdir(), `kadm-${purpose}-`))
  folders.push(folder)
  return folder
}
