import {resolve} from 'node:path'
import type {Cluster, HostSpec} from '../../../domain/cluster.ts'
import {KadmError} from '../../../domain/errors.ts'
import type {ConfigEnvironment} from '../../../config/read/environment.ts'
import type {ClusterFlags} from '../../../config/read/from-flags.ts'
import type {ReadCluster} from '../../../config/read/read-cluster.ts'
import {readLocalFolder, readLocalText, readLocalTextIfThere} from '../../../remote/local/local-files.ts'
import {askForRelease, releasesOf} from './release-labels.ts'
import type {SshFlags} from '../../flags/ssh-flags.ts'

/** The default file name. */
export const DEFAULT_FILE = 'kadm.yaml'

export interface TextFile {
  readonly name: string
  readonly text: string
}

/** Reads files for the configuration. */
export const environment: ConfigEnvironment = {readFile: path => readLocalText(path), readFolder: readLocalFolder}

/** Reads a file that the user named; a missing file is a usage error. */
export const readText = (name: string, flag: string): TextFile => ({
  name,
  text: readLocalText(name, `name the file with ${flag}`),
})

/** The named file, else kadm.yaml in the current folder; undefined if there is neither. */
export function findFile(named: string | undefined): TextFile | undefined {
  if (named !== undefined) return readText(named, '--file')
  const text = readLocalTextIfThere(DEFAULT_FILE, 'name the file with --file')
  return text === undefined ? undefined : {name: DEFAULT_FILE, text}
}

/** The named file or kadm.yaml; one of them must exist. */
export function mustFindFile(named: string | undefined): TextFile {
  const file = findFile(named)
  if (file !== undefined) return file
  throw new KadmError('usage', `${DEFAULT_FILE} not found in ${resolve('.')}`, {
    hint: `name your cluster file with --file, or create one with: kadm config print HOST > ${DEFAULT_FILE}`,
  })
}

/** The cluster in a file, for commands to which its release does not matter: a label such as `stable-1.37` is not looked up. */
export async function clusterInFile({name, text}: TextFile): Promise<Cluster> {
  const [{readCluster}, {anyRelease}] = await Promise.all([
    import('../../../config/read/read-cluster.ts'),
    import('../../../config/read/any-release.ts'),
  ])
  return readCluster(name, text, {...environment, releaseOf: anyRelease}).cluster
}

/** A cluster from flags, which override the file if one is given. */
export async function clusterFrom(flags: ClusterFlags, file: TextFile | undefined): Promise<ReadCluster> {
  const {clusterFromFlags} = await import('../../../config/read/from-flags.ts')
  // Software from a bundle needs no internet, so nothing is asked there.
  const releases =
    flags.bundle === undefined ? await releasesOf(file?.text ?? '', askForRelease) : new Map<string, string>()
  return clusterFromFlags(flags, {...environment, releaseOf: label => releases.get(label)}, file)
}

/** The SSH flags for the login. */
export type LoginFlags = Pick<SshFlags, 'identity-file' | 'ssh-user' | 'ssh-port' | 'jump'>

/** The SSH flags are defaults for hosts that do not set a value themselves. */
export function withSshFlags<C extends Pick<Cluster, 'hosts'>>(cluster: C, flags: LoginFlags): C {
  return {...cluster, hosts: cluster.hosts.map(host => withSsh(host, flags))}
}

const withSsh = (host: HostSpec, flags: LoginFlags): HostSpec =>
  host.ssh === 'local'
    ? host
    : {
        ...host,
        ssh: {
          ...host.ssh,
          keyFile: host.ssh.keyFile ?? flags['identity-file'],
          user: host.ssh.user ?? flags['ssh-user'],
          port: host.ssh.port ?? flags['ssh-port'],
          jump: host.ssh.jump ?? flags.jump,
        },
      }

/** Finds a host by its name or address in the file; undefined when the file has no such host. */
export const hostIn = ({hosts}: Pick<Cluster, 'hosts'>, wanted: string): HostSpec | undefined =>
  hosts.find(
    ({name, nodeName, ssh}) => name === wanted || nodeName === wanted || (ssh !== 'local' && ssh.address === wanted),
  )

/** Finds a host that the file must have. */
export function hostNamed(cluster: Pick<Cluster, 'hosts'>, wanted: string, file: string): HostSpec {
  const found = hostIn(cluster, wanted)
  if (found !== undefined) return found
  throw new KadmError('usage', `${file} has no host '${wanted}'`, {
    hint: 'use the host names in the file, or omit --file',
  })
}
