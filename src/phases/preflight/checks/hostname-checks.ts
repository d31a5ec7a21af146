import {nodeNameProblem} from '../../../config/rules/rules.ts'
import {error, info, ok, warning, type HostCheck, type HostView} from '../input.ts'

/** The name must be valid for a node, and an existing node keeps its name. */
export const hostnameCheck: HostCheck = view => {
  const name = 'Hostname'
  const {node, facts} = view
  const problem = nodeNameProblem(node.name)
  if (problem !== undefined) return [error(name, view, problem, otherName(view))]
  if (/^localhost(\.|$)/.test(node.name))
    return [error(name, view, 'is called localhost', 'give it a name under hosts in the file')]
  if (facts.nodeName !== undefined && facts.nodeName !== node.name) {
    const message = `is already node ${facts.nodeName} and cannot be renamed to ${node.name}`
    return [error(name, view, message, instead(view, facts.nodeName))]
  }
  if (node.host.name !== undefined && facts.hostname !== node.host.name)
    return [info(name, view, `is called ${facts.hostname} now`, `kadm calls it ${node.host.name}`)]
  if (facts.hostname !== node.name)
    return [info(name, view, `is called ${facts.hostname}`, `the cluster knows it as ${node.name}`)]
  return facts.hostnameResolves
    ? [ok(name, view, 'resolves')]
    : [info(name, view, 'does not know its own name', 'kadm writes it to /etc/hosts')]
}

/** The hostname is the node's name unless you set another one. */
const otherName = ({node}: HostView): string =>
  node.host.name === undefined
    ? 'set another name with --node-name NAME, or with name: under hosts in the file; kadm then sets the hostname too'
    : 'choose another name, in --node-name or under its entry of hosts in the file'

/**
 * The name is in the node's certificate, its object, its pods and its volumes: to rename a node, remove it and join
 * it again under the new name.
 */
const instead = ({node, isControlPlane}: HostView, nodeName: string): string =>
  isControlPlane
    ? `keep the name ${nodeName}: a control plane cannot be renamed; create a new cluster to change it`
    : `keep the name ${nodeName}, or remove the node first with kadm reset ${nodeName} --to CONTROL-PLANE, then join it as ${node.name}`

/** User-data overrides the file that kadm writes, so only its author can fix it. */
export const cloudInitCheck: HostCheck = view => {
  const {cloudInit} = view.facts
  if (cloudInit === undefined || cloudInit.disabled) return []
  const {preserveHostname, manageEtcHosts} = cloudInit.userData
  const wrong = [
    ...(isNo(preserveHostname) ? [`preserve_hostname: ${preserveHostname ?? ''}, which renames the host at boot`] : []),
    ...(manageEtcHosts === undefined || isNo(manageEtcHosts)
      ? []
      : [`manage_etc_hosts: ${manageEtcHosts}, which writes /etc/hosts again at every boot`]),
  ]
  const remedy =
    'remove that from the user-data, or turn off cloud-init there: sudo touch /etc/cloud/cloud-init.disabled'
  return wrong.map(what => warning('CloudInit', view, `the user-data of cloud-init sets ${what}`, remedy))
}

const isNo = (text: string | undefined): boolean => ['false', 'no', 'off', '0'].includes(text ?? '')
