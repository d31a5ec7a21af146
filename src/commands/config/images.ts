import {clusterFlags, fileFlag} from '../flags/cluster-flags.ts'
import {clusterFlagsOf} from '../flags/flags-to-cluster.ts'
import {KadmCommand} from '../base/kadm-command.ts'
import {outputFlag} from '../flags/output-flag.ts'
import {described, EXITS} from '../base/exits.ts'

export class ConfigImages extends KadmCommand {
  static override summary = 'List the container images that a cluster needs.'
  static override description = described('', EXITS.none)
  static override examples = [
    '<%= config.bin %> config images',
    '<%= config.bin %> config images --kubernetes-version v1.36.1',
    '<%= config.bin %> config images -o json',
  ]
  static override flags = {file: fileFlag, ...clusterFlags, ...outputFlag('name')}

  async run(): Promise<void> {
    const {flags} = await this.parse(ConfigImages)
    const [{clusterFrom, findFile}, {imageNeeds, imagesForRole}] = await Promise.all([
      import('../runtime/requests/load-cluster.ts'),
      import('../../domain/images.ts'),
    ])
    const {cluster} = await clusterFrom(clusterFlagsOf({...flags, bundle: undefined}), findFile(flags.file))
    const needs = imageNeeds(cluster)
    const images = imagesForRole('control-plane', needs)
    const data = {images, workers: imagesForRole('worker', needs)}
    await this.result(flags.output, data, images.join('\n'), {names: images})
  }
}
