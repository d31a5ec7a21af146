import {program} from '../../remote/shell/program.ts'
import {PORTS} from '../../domain/ports.ts'
import type {ApiProbe, Evidence, NodeState, PeerEvidence, PortAnswer} from '../../domain/evidence.ts'
import {ADMIN_CONF, KUBELET_CONF, KUBELET_CONFIG, KUBELET_DIR, KUBELET_FLAGS_ENV} from '../../domain/paths.ts'
import {FIREWALL_UNIT} from '../../manifests/firewall.ts'
import {sh, type Script} from '../../remote/shell/shell.ts'
import {given, keyed, linesOf, wordsOf, type Section} from '../section.ts'

/**
 * The shell of a host may be dash, which opens no connections; bash is on every Debian and Ubuntu. A packet that was lost is sent again after
 * one second, so that one lost packet is not yet a closed port.
 */
export const probeFunctions = (): Script => sh`kadm_port() {
  command -v bash >/dev/null || return 0
  kadm_said=$(timeout -k 1 3 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>&1) && { echo open; return 0; }
  case $kadm_said in *refused*) echo refused;; *) echo silent;; esac
}`

/** The kubelet's own health, at the port its configuration names. */
export const kubeletHealthSection: Section<boolean | undefined> = {
  name: 'kubelet-health',
  script: sh`command -v bash >/dev/null || exit 0
port=$(sed -n 's/^healthzPort: *//p' ${KUBELET_CONFIG})
[ -n "$port" ] || port=${PORTS.kubeletHealth}
[ "$port" != 0 ] || exit 0
kadm_health() {
  timeout -k 1 "$1" bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" && printf "GET /healthz HTTP/1.0\r\n\r\n" >&3 && head -c 300 <&3' "$port" | grep -q ' 200 '
}
kadm_health 2 || kadm_health 4 && echo yes || echo no`,
  parse: text => (text.trim() === '' ? undefined : text.trim() === 'yes'),
}

/** What the API server itself misses, such as etcd. */
export const readyzSection: Section<readonly string[]> = {
  name: 'readyz',
  script: sh`[ -s ${ADMIN_CONF} ] && command -v kubectl >/dev/null || exit 0
timeout -k 1 4 kubectl --kubeconfig ${ADMIN_CONF} --request-timeout=3s get --raw '/readyz?verbose' 2>&1 | grep -o '\[-\][^ ]* failed'`,
  parse: text => linesOf(text).map(line => line.slice('[-]'.length, -' failed'.length)),
}

/** Asks for the host's own node as its kubelet does: one request tells of address, trust, login, etcd and the node. */
export const apiProbeSection: Section<ApiProbe | undefined> = {
  name: 'api-probe',
  script: program('evidence-api-probe', {
    kubelet_conf: KUBELET_CONF,
    kubelet_flags_env: KUBELET_FLAGS_ENV,
    kubelet_dir: KUBELET_DIR,
  }),
  parse(text) {
    const entries = keyed(text)
    const node = given(entries['node'])
    if (node === undefined) return undefined
    const state = stateOf(entries['json'])
    const error = linesOf(text)
      .filter(line => !/^(node|port|json|other) /.test(line))
      .join(' ')
    const [server, port] = wordsOf(entries['other'] ?? '')
    return {
      node,
      answered: state !== undefined,
      error,
      port: answerOf(entries['port']),
      elsewhere: server !== undefined && port === 'open' ? server : undefined,
      state,
    }
  },
}

/** An API server that hangs lets both questions wait, so they are asked side by side; the second one's answer is a section of its own. */
export const apiSections: Section<ApiProbe | undefined> = {
  ...apiProbeSection,
  script: sh`(
${readyzSection.script}
) | {
(
${apiProbeSection.script}
)
printf '\036%s\n' ${readyzSection.name}
cat
}`,
}

const ANSWERS = ['open', 'refused', 'silent'] as const
const answerOf = (word: string | undefined): PortAnswer => ANSWERS.find(answer => answer === word)

interface RawNode {
  readonly spec?: {
    readonly podCIDRs?: readonly string[]
    readonly unschedulable?: boolean
    readonly taints?: readonly {readonly key?: string; readonly effect?: string}[]
  }
  readonly status?: {
    readonly addresses?: readonly {readonly type?: string; readonly address?: string}[]
    readonly conditions?: readonly {readonly type?: string; readonly status?: string; readonly message?: string}[]
  }
}

function stateOf(json: string | undefined): NodeState | undefined {
  if (json === undefined) return undefined
  try {
    const {spec = {}, status = {}}: RawNode = JSON.parse(json) as RawNode
    return {
      podRanges: spec.podCIDRs ?? [],
      addresses: (status.addresses ?? []).flatMap(({type, address}) =>
        type === 'InternalIP' && address !== undefined ? [address] : [],
      ),
      unschedulable: spec.unschedulable ?? false,
      taints: (spec.taints ?? []).map(({key = '', effect = ''}) => `${key}:${effect}`),
      conditions: (status.conditions ?? []).map(({type = '', status: value = '', message = ''}) => ({
        type,
        status: value,
        message,
      })),
    }
  } catch {
    // An answer that is not JSON is an error page of something between, and is shown as an error.
    return undefined
  }
}

const MOST_PEERS = 16

/**
 * Nodes as flannel's tunnel knows them: their addresses stand in its forwarding table. All are tried side by side. A closed firewall lets
 * forwarded packets of pods through and not what is for the node's own end of the tunnel, whose silence then tells nothing.
 */
export const peersSection: Section<readonly PeerEvidence[]> = {
  name: 'peers',
  script: program('evidence-peers', {most_peers: MOST_PEERS, kubelet: PORTS.kubelet, firewall_unit: FIREWALL_UNIT}),
  parse: text =>
    linesOf(text).flatMap(line => {
      const words = wordsOf(line)
      const [address, podAddress, tunnel] = words
      if (address === undefined || podAddress === undefined) return []
      return [
        {
          address,
          podAddress,
          // A host without bash tries no port, and its line is one word shorter.
          kubeletPort: answerOf(words[3]),
          tunnel: tunnel === 'yes' ? true : tunnel === 'no' ? false : undefined,
          isRouted: words.length > 3 && ['yes', 'no'].includes(words.at(-1) ?? '') ? words.at(-1) === 'yes' : undefined,
        },
      ]
    }),
}

/** Pods that are gone leave lines in the logs, but no folder. */
export const podUidsSection: Section<readonly string[] | undefined> = {
  name: 'pod-uids',
  script: sh`cd ${`${KUBELET_DIR}/pods`} && echo known && ls`,
  parse(text) {
    const [first, ...uids] = linesOf(text)
    return first === 'known' ? uids : undefined
  },
}

/** Flags by name, without their values, at each place that gives some to the kubelet or a component. */
export const flagsSection: Section<Evidence['flags']> = {
  name: 'flags',
  script: sh`for file in ${KUBELET_FLAGS_ENV} /etc/default/kubelet /etc/sysconfig/kubelet /etc/systemd/system/kubelet.service /etc/systemd/system/kubelet.service.d/*.conf /usr/lib/systemd/system/kubelet.service.d/*.conf /etc/kubernetes/manifests/*.yaml; do
  [ -r "$file" ] && sed '/^ *#/d' "$file" | grep -oE -- '(^|[ "=])--?[A-Za-z][A-Za-z0-9-]*' | sed -E 's/^[^-]*//' | sort -u | while read -r flag; do echo "$file $flag"; done
done
:`,
  parse: text =>
    linesOf(text).flatMap(line => {
      const [place, name] = wordsOf(line)
      return place === undefined || name === undefined ? [] : [{place, name}]
    }),
}
