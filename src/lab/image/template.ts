import {ownFile} from '../../remote/local/own-files.ts'

/** A file of templates/lab, as it is. */
export const template = (name: string): string => ownFile(`templates/lab/${name}`)
