import {fileDocuments} from '../documents/file-documents.ts'

/** What a file is, before it is read as a whole. */
export interface WhatFile {
  /** A document of kadm lists the hosts of the cluster. */
  readonly listsHosts: boolean
  /** A JoinConfiguration describes a control plane. */
  readonly joinsControlPlane: boolean
}

/** Looks at the documents of a file; their problems are reported when the file is read. */
export function whatFile(fileName: string, text: string): WhatFile {
  const {cluster, join} = fileDocuments(fileName, text, () => undefined)
  return {
    listsHosts: (cluster?.value.hosts ?? []).length > 0,
    joinsControlPlane: join?.value.controlPlane !== undefined,
  }
}
