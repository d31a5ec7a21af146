import {NODE_PORTS} from '../../domain/ports.ts'
import {isPrivateAddress} from '../../domain/cidr.ts'
import type {Evidence, PeerEvidence} from '../../domain/evidence.ts'
import type {Rule} from '../diagnosis.ts'
import {find, proofOf} from '../log.ts'
import {AGAIN, group} from '../rule.ts'

/** The name of the network that kadm's template makes. */
const OURS = 'kadm-pods'
/** Ports of nodes and of pod networks: vxlan of other networks, BGP, DNS. */
const NETWORK_PORTS = [...NODE_PORTS, 4789, 179, 53].join('|')

/** A firewall on a public address drops what strangers try all day, and does right. */
function isFromNearby(text: string, {peers}: Evidence): boolean {
  const source = /\bSRC=(\S+)/.exec(text)?.[1]
  if (source === undefined) return true
  return peers.some(peer => peer.address === source) || isPrivateAddress(source)
}

/** Rules that drop may follow other rules that accept the nodes. */
const suffers = ({peers, api}: Evidence): boolean =>
  peers.some(({tunnel: isThrough, kubeletPort: port}) => isThrough === false || port === 'silent') ||
  api?.port === 'silent'

/** What the kernel logs of dropped packets, and rules that say so themselves without a word in any log. */
const firewall: Rule = {
  name: 'firewall',
  judge: evidence => {
    const hits = find(evidence, ['kernel'], new RegExp(`(?:UFW BLOCK|REJECT|DROP).*DPT=(${NETWORK_PORTS})\\b`)).filter(
      ({line}) => line.at >= evidence.now - 60 && isFromNearby(line.text, evidence),
    )
    const [newest] = hits
    const dropped = evidence.dropRules.flatMap(one => {
      const number = portOf(one.rule)
      return number === undefined ? [] : [{...one, port: number}]
    })
    const logged = newest === undefined ? [] : [group(newest, 1)]
    const ports = [...new Set([...logged, ...dropped.map(one => one.port)])]
    const [port] = ports
    const rule = dropped.find(one => one.port === port)
    if (port === undefined) return undefined
    return {
      cause: `a firewall of this host drops packets to port ${ports.join(' and port ')}`,
      certainty: newest === undefined && !suffers(evidence) ? 'possible' : 'likely',
      proof: [...dropped.slice(0, 2).map(one => `packet filter: ${one.rule}`), ...proofOf(hits, 1)],
      fix:
        rule === undefined
          ? `${AGAIN}: it adds the rules of all nodes; or allow port ${port} from the other nodes yourself`
          : `if the rule is not there on purpose: \`${rule.remove ?? `sudo nft -a list ruleset | grep ${port}`}\`, and take it out of where it comes from (/etc/nftables.conf, a firewall's configuration), or it is back after a boot; else allow port ${port} from the other nodes before it`,
    }
  },
}

const portOf = (rule: string): string | undefined => new RegExp(`[^0-9](${NETWORK_PORTS})(?![0-9])`).exec(rule)?.[1]

const names = (peers: readonly PeerEvidence[]): string =>
  `${peers
    .slice(0, 3)
    .map(({address}) => address)
    .join(', ')}${peers.length > 3 ? ` and ${String(peers.length - 3)} more` : ''}`

const share = (some: readonly PeerEvidence[], {peers}: Evidence): string =>
  some.length === peers.length && peers.length > 1 ? ': every other node, so the problem is probably on this host' : ''

const tunnel: Rule = {
  name: 'pod-tunnel',
  follows: [
    'flannel-missing',
    'tunnel-missing',
    'cni-foreign',
    'node-deleted',
    'node-name',
    'node-refused',
    'firewall',
    'pod-addresses',
    'pod-route',
  ],
  judge: evidence => {
    const cut = evidence.peers.filter(peer => peer.tunnel === false && peer.kubeletPort !== 'silent')
    if (cut.length === 0) return undefined
    return {
      cause: `pods of this node do not reach pods on ${names(cut)}: the tunnel of the pod network (UDP 8472) does not answer${share(cut, evidence)}`,
      certainty: 'likely',
      towards: cut.map(({address}) => address),
      proof: cut
        .slice(0, 3)
        .map(({address, podAddress}) => `${address} answers, but ${podAddress} in the tunnel to it does not`),
      fix: 'open UDP 8472 between the nodes on both machines and in the cloud network; find rules that drop it: `sudo nft list ruleset | grep 8472`',
    }
  },
}

const toRange = (peers: readonly PeerEvidence[]): string => peers.map(({podAddress}) => podAddress).join(', ')

const ROUTES_AGAIN = '`sudo pkill -x flanneld`: it is started again within seconds and writes its routes'

/** flannel writes the routes to the other nodes when these come, and does not notice when another program removes one. */
const route: Rule = {
  name: 'pod-route',
  follows: ['flannel-missing', 'tunnel-missing', 'node-deleted'],
  judge: evidence => {
    const cut = evidence.peers.filter(peer => peer.isRouted === false)
    if (evidence.network.tunnel !== 'yes') return undefined
    if (evidence.network.isTunnelEmpty === true) {
      return {
        cause:
          'the tunnel of the pod network was removed, and flannel created it without its routes to the other nodes',
        certainty: 'certain',
        proof: ['flannel.1 has no entry for another node, as `sudo bridge fdb show dev flannel.1` shows'],
        fix: ROUTES_AGAIN,
      }
    }
    if (cut.length === 0) return undefined
    return {
      cause: `this node has no route to the pods on ${names(cut)}: their packets do not enter the tunnel of the pod network`,
      certainty: 'certain',
      proof: [`no route by flannel.1 to ${toRange(cut.slice(0, 3))}, as \`ip route\` shows`],
      fix: ROUTES_AGAIN,
    }
  },
}

const kubeletPort: Rule = {
  name: 'kubelet-port',
  judge: evidence => {
    const cut = evidence.peers.filter(peer => peer.kubeletPort === 'silent' || peer.kubeletPort === 'refused')
    if (cut.length === 0) return undefined
    const refused = cut.filter(peer => peer.kubeletPort === 'refused')
    return {
      cause: `TCP 10250 of ${names(cut)} ${refused.length === cut.length ? 'is closed: the kubelet there does not run' : 'does not answer this host: that machine is down, or a firewall blocks the connection'}${share(cut, evidence)}`,
      certainty: 'likely',
      towards: cut.map(({address}) => address),
      proof: cut.slice(0, 3).map(({address, kubeletPort: port}) => `tried just now: ${address}:10250 is ${port ?? ''}`),
      fix: 'run `kadm doctor` for that machine; if it is up, open TCP 10250 on it for the other nodes',
    }
  },
}

/** The daemon of flannel leaves this file when it has made its tunnel. */
const flannel: Rule = {
  name: 'flannel-missing',
  follows: [
    ...['image-pull', 'sandbox-image', 'cni-plugin', 'cni-foreign', 'bridge-filter', 'pod-range', 'flannel-rights'],
    ...[
      'pod-network-missing',
      'node-deleted',
      'containerd-down',
      'pod-stops',
      'cgroup-driver',
      'disk-full',
      'unit-masked',
    ],
  ],
  judge: evidence => {
    const {network, containers, api, kubeletAnswers} = evidence
    const isOurs = network.cniConfigs[0]?.network === OURS
    // Without an answer of the API the pods of a node may not have come yet.
    if (!isOurs || kubeletAnswers !== true || api?.answered !== true || network.flannelSubnet !== undefined)
      return undefined
    const runs = containers.some(({name, running}) => name === 'kube-flannel' && running === true)
    if (runs || (evidence.kubelet.runningSeconds ?? 0) < 120) return undefined
    return {
      cause: 'flannel does not run on this node, so its pods cannot reach pods on other nodes',
      certainty: 'likely',
      proof: ['/run/flannel/subnet.env is missing', 'the container kube-flannel does not run'],
      fix: `${AGAIN}: it creates flannel's DaemonSet again; see its pods: \`kubectl -n kube-flannel get pods -o wide\``,
    }
  },
}

/** flannel creates its tunnel when it starts, and does not notice when another program removes it or takes it down. */
const noTunnel: Rule = {
  name: 'tunnel-missing',
  follows: ['flannel-missing', 'node-deleted', 'pod-stops', 'pod-range', 'flannel-rights'],
  judge: ({network, containers, now}) => {
    const flanneld = containers.find(({name}) => name === 'kube-flannel')
    const isSettled = flanneld?.running === true && flanneld.startedAt !== undefined && flanneld.startedAt < now - 30
    const {tunnel: state = 'yes', flannelSubnet, cniConfigs} = network
    if (cniConfigs[0]?.network !== OURS || state === 'yes' || !isSettled || flannelSubnet === undefined)
      return undefined
    const words = state === 'down' ? 'is down' : 'does not exist'
    return {
      cause: `the network interface of the pod network, flannel.1, ${words}: pods on this node cannot reach pods on other nodes`,
      certainty: 'certain',
      proof: [`kube-flannel runs, but flannel.1 ${words}`],
      fix: '`sudo pkill -x flanneld`: the kubelet starts it again within seconds, and it brings the interface up',
    }
  },
}

const bridgeDown: Rule = {
  name: 'bridge-down',
  judge: ({network}) =>
    network.isBridgeDown && network.cniConfigs[0]?.network === OURS
      ? {
          cause: 'the pod bridge cni0 is down: pods on this node cannot reach anything else',
          certainty: 'certain',
          proof: ['cni0 is not up, as `ip link show cni0` shows'],
          fix: '`sudo ip link set cni0 up`',
        }
      : undefined,
}

/** Why packets do not get from this host to the others. */
export const PATH_RULES: readonly Rule[] = [firewall, flannel, noTunnel, bridgeDown, route, tunnel, kubeletPort]
