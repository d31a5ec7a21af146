import {formatTarget} from '../../../config/rules/target.ts'
import type {HostSpec} from '../../../domain/cluster.ts'
import {expectedOf, type Expected, type Repair} from '../../../diagnose/cluster/expected.ts'
import {clusterInFile, findFile, readText, type TextFile} from './load-cluster.ts'

interface Asked {
  /** Whether the command line names machines; then a kadm.yaml in the current folder is not used. */
  readonly isNamed: boolean
  readonly file: string | undefined
  /** The control plane through which the API is read. */
  readonly through: HostSpec | undefined
  /** The node names of the machines in the file, in order, if they were inspected. */
  readonly names?: readonly (string | undefined)[]
  /** The nodes whose machines were examined and reported. */
  readonly examined?: readonly string[]
}

/** The expected state of the cluster: from the file if one is used, else from the cluster's own configuration. */
export async function expectedCluster(asked: Asked): Promise<Expected> {
  const {isNamed, file, names} = asked
  const text = isNamed ? (file === undefined ? undefined : readText(file, '--file')) : findFile(file)
  const repair = repairWith(asked, text)
  if (text === undefined) return {hosts: undefined, podNetwork: undefined, repair}
  return expectedOf(await clusterInFile(text), repair, names)
}

/** Without a file, each machine except this one is named by its address. */
function repairWith({through, examined = []}: Asked, file: TextFile | undefined): Repair {
  const place =
    through === undefined ? 'CONTROL-PLANE' : through.ssh === 'local' ? undefined : formatTarget(through.ssh)
  const init = place === undefined ? 'kadm init' : `kadm init ${place}`
  return {
    cluster: `\`${file === undefined ? init : `kadm apply -f ${file.name}`}\``,
    why: node => {
      const isTold = node === undefined ? examined.length > 0 : examined.includes(node.name)
      if (isTold) return `see the findings for ${node?.name ?? 'the control plane'} above`
      if (file !== undefined) return `\`kadm doctor -f ${file.name}\` shows why`
      const machine = node?.internalAddress ?? place
      return machine === undefined ? '`kadm doctor` shows why' : `\`kadm doctor ${machine}\` shows why`
    },
  }
}
