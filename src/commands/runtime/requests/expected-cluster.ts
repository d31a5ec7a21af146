import {formatTarget} from '../../../config/rules/target.ts'
import type {HostSpec} from '../../../domain/cluster.ts'
import {expectedOf, type Expected, type Repair} from '../../../diagnose/cluster/expected.ts'
import {environment, findFile, readText, type TextFile} from './load-cluster.ts'

interface Asked {
  /** Whether machines were named on the command line: then a kadm.yaml that happens to lie here is not meant. */
  readonly isNamed: boolean
  readonly file: string | undefined
  /** The control plane that is asked. */
  readonly through: HostSpec | undefined
  /** What the machines of the file call themselves, in its order, where they were asked. */
  readonly names?: readonly (string | undefined)[]
  /** The nodes whose machines were examined, and what they said was told. */
  readonly examined?: readonly string[]
}

/** What the cluster should have: by its file where one is meant, else by what it says of its own making. */
export async function expectedCluster(asked: Asked): Promise<Expected> {
  const {isNamed, file, names} = asked
  const text = isNamed ? (file === undefined ? undefined : readText(file, '--file')) : findFile(file)
  const repair = repairWith(asked, text)
  if (text === undefined) return {hosts: undefined, podNetwork: undefined, repair}
  const {readCluster} = await import('../../../config/read/read-cluster.ts')
  const {cluster} = readCluster(text.name, text.text, environment)
  return expectedOf(cluster, repair, names)
}

/** Without a file each machine is named by where it is reached, but for this one. */
function repairWith({through, examined = []}: Asked, file: TextFile | undefined): Repair {
  const place =
    through === undefined ? 'CONTROL-PLANE' : through.ssh === 'local' ? undefined : formatTarget(through.ssh)
  const init = place === undefined ? 'kadm init' : `kadm init ${place}`
  return {
    cluster: file === undefined ? init : `kadm apply -f ${file.name}`,
    why: node => {
      const isTold = node === undefined ? examined.length > 0 : examined.includes(node.name)
      if (isTold) return `see the findings for ${node?.name ?? 'the control plane'} above`
      if (file !== undefined) return `kadm doctor -f ${file.name} tells why`
      const machine = node?.internalAddress ?? place
      return machine === undefined ? 'kadm doctor tells why' : `kadm doctor ${machine} tells why`
    },
  }
}
