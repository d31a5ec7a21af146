import {cidrContains, parseAddress, parseCidr} from '../../domain/cidr.ts'
import type {CniConfig, Evidence} from '../../domain/evidence.ts'
import type {Rule} from '../diagnosis.ts'
import {find, proofOf} from '../log.ts'
import {AGAIN, group, logRule} from '../rule.ts'

const sources = ['kubelet', 'containerd'] as const
const FOLDER = '/etc/cni/net.d'
/** The name of the network that kadm's template makes. */
const OURS = 'kadm-pods'
/** Values of `type` that do not name a program: Calico's policy. */
const NO_PROGRAM = ['k8s']

const isOurs = ({network}: CniConfig): boolean => network === OURS

/** Others may keep their programs in another folder. */
const withoutProgram = ({plugins, network: name}: CniConfig, {network}: Evidence): readonly string[] =>
  network.cniPlugins.length === 0 && name !== OURS
    ? []
    : plugins.filter(plugin => !NO_PROGRAM.includes(plugin) && !network.cniPlugins.includes(plugin))

/** containerd takes the first file in the order of names. */
const first = ({network}: Evidence): CniConfig | undefined => network.cniConfigs[0]

const missingProgram: Rule = {
  name: 'cni-plugin',
  judge: evidence => {
    const {network} = evidence
    const winner = first(evidence)
    // Where none is kadm's, the programs may be in a folder that is not looked at.
    const lacks = winner === undefined || !network.cniConfigs.some(isOurs) ? [] : withoutProgram(winner, evidence)
    const hits = find(evidence, sources, /failed to find plugin "?([^"\s]+?)"? in path/).filter(
      hit => !network.cniPlugins.includes(group(hit, 1)),
    )
    const plugin = lacks[0] ?? (hits[0] === undefined ? undefined : group(hits[0], 1))
    if (plugin === undefined) return undefined
    const named = network.cniConfigs.find(({plugins}) => plugins.includes(plugin)) ?? winner
    const others = network.cniConfigs.filter(config => config !== named)
    const own = others.find(isOurs) ?? others[0]
    const has = `/opt/cni/bin has: ${network.cniPlugins.join(', ') || 'nothing'}`
    if (named === undefined || isOurs(named) || own === undefined)
      return {
        cause: `the network plugin ${plugin} is configured in ${FOLDER}${named === undefined ? '' : `/${named.file}`}, but its program is not in /opt/cni/bin`,
        certainty: 'certain',
        proof: [...proofOf(hits, 1), has],
        fix: `${AGAIN} without skipping the phase that installs the runtime: it installs the network programs`,
      }
    return {
      cause: `${FOLDER}/${named.file} is read before ${own.file} and needs ${plugin}, which is not installed`,
      certainty: 'certain',
      proof: [...proofOf(hits, 1), `files in ${FOLDER}: ${network.cniConfigs.map(({file}) => file).join(', ')}`, has],
      fix: `\`sudo mv ${FOLDER}/${named.file} /root/\`; pods start within a minute`,
    }
  },
}

/** Addresses of the network that is in use and lie outside of what the cluster gave to this node. */
function strangers(evidence: Evidence, config: CniConfig): readonly string[] {
  const ranges = (evidence.api?.state?.podRanges ?? []).flatMap(range => parseCidr(range) ?? [])
  if (ranges.length === 0) return []
  return evidence.network.podAddresses.flatMap(({network, address}) => {
    const parsed = network === config.network ? parseAddress(address) : undefined
    const families = ranges.filter(({family}) => family === parsed?.family)
    if (parsed === undefined || families.length === 0) return []
    return families.some(range => cidrContains(range, parsed)) ? [] : [address]
  })
}

const foreignNetwork: Rule = {
  name: 'cni-foreign',
  follows: ['cni-plugin'],
  judge: evidence => {
    const {cniConfigs} = evidence.network
    const winner = first(evidence)
    if (winner === undefined || isOurs(winner)) return undefined
    const outside = strangers(evidence, winner)
    const shadowed = cniConfigs.slice(1).find(isOurs)
    if (shadowed === undefined && outside.length === 0) return undefined
    const ranges = evidence.api?.state?.podRanges ?? []
    return {
      cause:
        shadowed === undefined
          ? `pods get addresses from ${FOLDER}/${winner.file}, outside this node's range`
          : `${FOLDER}/${winner.file} is read before ${shadowed.file}: pods get addresses from that network instead of the cluster's`,
      certainty: 'certain',
      proof: [
        `files in ${FOLDER}: ${cniConfigs.map(({file, network}) => `${file} (${network})`).join(', ')}`,
        ...(outside.length === 0
          ? []
          : [`pods have ${outside.slice(0, 3).join(', ')}; the range of this node is ${ranges.join(', ')}`]),
      ],
      fix: `\`sudo mv ${FOLDER}/${winner.file} /root/ && sudo systemctl restart containerd\`, then delete the pods with such addresses: their controllers create them again`,
    }
  },
}

const ownRange: Rule = {
  name: 'pod-addresses',
  follows: ['cni-foreign', 'cni-plugin'],
  judge: evidence => {
    const winner = first(evidence)
    if (winner === undefined || !isOurs(winner)) return undefined
    const outside = strangers(evidence, winner)
    if (outside.length === 0) return undefined
    return {
      cause: `pods of this node have addresses outside the range that the cluster assigned to it (the node was deleted and got another range)`,
      certainty: 'likely',
      proof: [
        `pods have ${outside.slice(0, 3).join(', ')}; the range of this node is ${(evidence.api?.state?.podRanges ?? []).join(', ')}`,
      ],
      fix: 'restart the runtime and flannel with the new range: `sudo sh -c "rm -f /etc/cni/net.d/10-containerd-net.conflist; ip link delete cni0; systemctl restart containerd kubelet; pkill -x flanneld"`, then delete the pods that have the old addresses: `kubectl get pods -A -o wide`',
    }
  },
}

const bridgeAddress = logRule({
  name: 'bridge-address',
  sources,
  pattern: /"?(\S+?)"? already has an IP address different from (\S+?)"*(?:\s|$)/,
  cause: hit =>
    `the bridge ${group(hit, 1)} of an older pod network still exists, with another address than ${group(hit, 2)}`,
  fix: hit => `delete the bridge; the pod network creates it again: \`sudo ip link delete ${group(hit, 1)}\``,
})

const notInitialised: Rule = {
  name: 'pod-network-missing',
  follows: [
    ...['cni-plugin', 'bridge-address', 'image-pull', 'sandbox-image', 'api-refused', 'api-unreachable', 'api-slow'],
    ...[
      'bridge-filter',
      'pod-range',
      'bootstrap-token',
      'request-not-approved',
      'swap',
      'node-refused',
      'node-deleted',
    ],
    ...['node-name', 'api-authority', 'api-address', 'api-name', 'containerd-down', 'certificate-expired'],
    'certificate-authority',
  ],
  judge: evidence => {
    const {network, kubelet, join} = evidence
    if (network.cniConfigs.length > 0 || kubelet.active !== 'active' || !join.hasClientCertificate) return undefined
    const hits = find(
      evidence,
      sources,
      /cni plugin not initialized|NetworkPluginNotReady|network is not ready|network not ready/,
    )
    return {
      cause: 'no pod network is installed: the node stays NotReady until you install one',
      certainty: hits.length > 0 ? 'certain' : 'likely',
      proof: [`${FOLDER} does not contain a configuration`, ...proofOf(hits)],
      fix: `${AGAIN} (it installs flannel), or install your own pod network; then see its pods: \`kubectl get pods -A -o wide\``,
    }
  },
}

/** What is wrong with the files that say how pods are connected. */
export const CNI_RULES: readonly Rule[] = [missingProgram, foreignNetwork, ownRange, bridgeAddress, notInitialised]
