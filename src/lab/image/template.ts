import {readFile} from 'node:fs/promises'

/** A file of templates/lab, as it is. */
export const template = async (name: string): Promise<string> =>
  readFile(new URL(`../../../templates/lab/${name}`, import.meta.url), 'utf8')
