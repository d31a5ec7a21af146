import {ARCHITECTURES, type Architecture} from '../../domain/architecture.ts'
import {Args, Flags} from '@oclif/core'
import type {BundleOrder} from '../../bundle/create-bundle.ts'
import {KadmError} from '../../domain/errors.ts'
import {plural} from '../../ui/words.ts'
import {clusterFlags, fileFlag} from '../flags/cluster-flags.ts'
import {described} from '../base/exits.ts'
import {clusterFlagsOf} from '../flags/flags-to-cluster.ts'
import {KadmCommand} from '../base/kadm-command.ts'

export class BundleCreate extends KadmCommand {
  static override summary =
    'Collect the binaries and images of a Kubernetes release in a folder, for machines without internet access.'
  static override description = described(
    'Downloads the official releases and checks each file against the hash from its publisher, or copies the bundle of a lab. The file or the flags decide which images are included.',
    {4: 'a download failed', 130: 'stopped by Ctrl-C'},
  )
  static override examples = [
    '<%= config.bin %> bundle create ./bundle --kubernetes-version v1.37.2',
    '<%= config.bin %> bundle create ./bundle --from-lab demo',
  ]
  static override args = {folder: Args.string({required: true, description: 'the folder to create'})}
  static override flags = {
    file: fileFlag,
    architecture: Flags.option({
      options: ARCHITECTURES,
      default: 'amd64',
      summary: 'CPU architecture of the machines',
    })(),
    'from-lab': Flags.string({
      helpValue: 'NAME',
      summary: 'copy the bundle of this lab instead of downloading it',
    }),
    ...clusterFlags,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(BundleCreate)
    const {copyBundle, createBundle} = await import('../../bundle/create-bundle.ts')
    const lab = flags['from-lab']
    const made =
      lab === undefined
        ? await createBundle(args.folder, await this.#order(clusterFlagsOf({...flags, bundle: undefined}), flags))
        : await copyBundle(await bundleOfLab(lab), args.folder, this.signal)
    const {entries, kubernetesVersion, architecture} = made.bundle
    const text = `${args.folder}: ${plural(entries.length, 'file')}, Kubernetes ${kubernetesVersion} for ${architecture}\nnext: kadm apply --bundle ${args.folder}`
    this.report({folder: args.folder, kubernetesVersion, architecture, entries: entries.length}, text)
  }

  async #order(
    asked: ReturnType<typeof clusterFlagsOf>,
    flags: {readonly file: string | undefined; readonly architecture: Architecture},
  ): Promise<BundleOrder> {
    const [{clusterFrom, findFile}, {imageNeeds, imagesForRole}, {internet}] = await Promise.all([
      import('../runtime/requests/load-cluster.ts'),
      import('../../domain/images.ts'),
      import('../../bundle/internet.ts'),
    ])
    const {cluster} = await clusterFrom(asked, findFile(flags.file))
    const {version} = cluster
    const needs = imageNeeds(cluster)
    return {
      version,
      architecture: flags.architecture,
      images: imagesForRole('control-plane', needs),
      downloads: internet(this.signal),
      onItem: (item, done, of) =>
        this.output.event({type: 'download', item, done, of}, `${String(done + 1)} of ${String(of)}: ${item}`),
    }
  }
}

async function bundleOfLab(name: string): Promise<string> {
  const {labGet} = await import('../../lab/run/lab.ts')
  const dir = (await labGet(name))?.bundleDir
  if (dir !== undefined) return dir
  throw new KadmError('usage', `lab '${name}' not found, or it has no bundle`, {
    hint: `create it with: kadm lab up ${name}`,
  })
}
