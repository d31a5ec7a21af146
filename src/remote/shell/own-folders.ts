import * as paths from '../../domain/paths.ts'
import {program} from './program.ts'
import type {Script} from './shell.ts'

/** Where certificates and etcd's data are when nothing on the host says so. */
export interface UsualFolders {
  readonly pki: string
  readonly etcd: string
  /** Other files that the cluster needs on its control planes. */
  readonly files?: readonly string[]
}

const USUAL: UsualFolders = {pki: paths.PKI_DIR, etcd: paths.ETCD_DATA_DIR}

/**
 * Shell that sets `pki_dir` and `etcd_dir`: the folders of the certificates and of etcd's data, as the manifests and the
 * kubelet's configuration of the host name them (`--client-ca-file`, `clientCAFile`, `--data-dir`).
 */
export const ownFolders = ({pki, etcd}: UsualFolders = USUAL): Script =>
  program('own-folders', {
    manifests_dir: paths.MANIFESTS_DIR,
    kubelet_config: paths.KUBELET_CONFIG,
    pki_dir: pki,
    etcd_dir: etcd,
  })
