import {clusterFromFlags} from '../../src/config/read/from-flags.ts'
import {flannelObjects} from '../../src/manifests/flannel.ts'
import {toYamlDocuments} from '../../src/manifests/yaml.ts'

/** The pod network as its own manifest has it, for the script that stands for everyone's way. */
export const flannelManifest = (): string => {
  const {cluster} = clusterFromFlags({controlPlane: 'ubuntu@192.0.2.1'}, {readFile: path => path})
  return toYamlDocuments(flannelObjects({cluster}))
}
