import type {Evidence} from '../../domain/evidence.ts'
import {KUBELET_FLAGS_ENV} from '../../domain/paths.ts'
import type {Rule} from '../diagnosis.ts'
import {find, linesOf, proofOf} from '../log.ts'
import {AGAIN, group, logRule} from '../rule.ts'

const sources = ['kubelet'] as const

const swap = logRule({
  name: 'swap',
  sources,
  pattern: /running with swap on is not supported/,
  cause: () => 'swap is on, and the kubelet does not start with swap',
  also: (_, {swaps}) => (swaps.length === 0 ? [] : [`/proc/swaps: ${swaps.join(', ')}`]),
  fix: () => `\`sudo swapoff -a\`, then ${AGAIN}: it keeps swap off after a reboot; or use --swap=keep to keep swap`,
})

const cgroupV1 = logRule({
  name: 'cgroup-v1',
  sources,
  pattern: /kubelet is configured to not run on a host using cgroup v1/,
  cause: () => 'the host uses cgroup v1, and the kubelet does not start with it',
  also: (_, {cgroupVersion}) => [`/sys/fs/cgroup is cgroup v${String(cgroupVersion)}`],
  fix: () =>
    'boot with cgroup v2 (systemd.unified_cgroup_hierarchy=1 on the kernel command line), or set failCgroupV1: false in a KubeletConfiguration document of the file',
})

const config = logRule({
  name: 'kubelet-config',
  sources,
  pattern:
    /failed to load kubelet config file, path: (\S+), error: (.*)|failed to validate kubelet configuration, error: (.*?), path:|failed to merge kubelet configs?:? (.*)/,
  cause: hit => {
    const unknown = /unknown field "([^"]+)"/.exec(hit.line.text)?.[1]
    if (unknown !== undefined) return `the kubelet's configuration contains an unknown field: ${unknown}`
    return hit.line.text.includes('no such file or directory')
      ? "the kubelet's configuration file is missing"
      : 'the kubelet cannot use its configuration'
  },
  fix: hit =>
    hit.line.text.includes('no such file or directory')
      ? `${AGAIN}: it writes the file`
      : `if the field is in the KubeletConfiguration document of your file, correct it there; then ${AGAIN}: it writes /var/lib/kubelet/config.yaml`,
})

const flag = logRule({
  name: 'kubelet-flag',
  sources,
  pattern: /failed to parse kubelet flag: (?:unknown flag: (--\S+?)"*(?:\s|$)|(.*))/,
  cause: hit =>
    group(hit, 1) === ''
      ? 'a flag of the kubelet has an invalid value'
      : `the kubelet does not know its flag ${group(hit, 1)}; newer releases have removed some`,
  also: (hit, evidence) => placesOf(evidence, group(hit, 1)).map(place => `${group(hit, 1)} is in ${place}`),
  fix: (hit, evidence) => {
    const [place] = placesOf(evidence, group(hit, 1))
    if (place === undefined)
      return 'remove the flag from the file that contains it (`systemctl cat kubelet` shows the files), then `sudo systemctl restart kubelet`'
    return place === KUBELET_FLAGS_ENV
      ? `remove it from kubeletExtraArgs in your file, then ${AGAIN}: it writes ${place}`
      : `remove it from ${place}, then \`sudo systemctl daemon-reload && sudo systemctl restart kubelet\``
  },
})

const placesOf = ({flags}: Evidence, name: string): readonly string[] => [
  ...new Set(
    flags.flatMap(given => (given.name === name && !given.place.includes('/manifests/') ? [given.place] : [])),
  ),
]

const binary: Rule = {
  name: 'kubelet-binary',
  judge: ({kubelet}) => {
    if (kubelet.exitStatus !== 203 || kubelet.active === 'active') return undefined
    return {
      cause: 'the kubelet program is missing or cannot run on this host (wrong architecture, incomplete file)',
      certainty: 'certain',
      proof: [
        `kubelet.service: ${kubelet.active} (${kubelet.sub}), status 203/EXEC`,
        ...kubelet.lines.slice(-1).map(({text}) => `kubelet: ${text}`),
      ],
      fix: `${AGAIN}: it checks the hash of the program and installs it again`,
    }
  },
}

const nodeIp = logRule({
  name: 'node-ip',
  sources,
  pattern: /node IP: "?([^"\s]+)"? not found in the host's network interfaces/,
  cause: hit => `the kubelet is configured with the address ${group(hit, 1)}, but no interface of this host has it`,
  fix: () =>
    "correct the host's address (nodeIP of the file, or --node-ip in /var/lib/kubelet/kubeadm-flags.env) and run kadm again",
})

const kernelFlags = logRule({
  name: 'kernel-flags',
  sources,
  pattern: /invalid kernel flag: (\S+), expected value: (\d+), actual value: (\d+)/,
  cause: hit =>
    `the kubelet requires the kernel setting ${group(hit, 1)} = ${group(hit, 2)} and is not allowed to set it`,
  fix: hit =>
    `\`sudo sysctl -w ${group(hit, 1).replaceAll('/', '.')}=${group(hit, 2)}\`, and the same line in /etc/sysctl.d/`,
})

const tooManyPods = logRule({
  name: 'too-many-pods',
  sources,
  pattern: /OutOfpods|Too many pods/,
  cause: () => 'the node has reached its maximum number of pods',
  fix: () => 'move pods to other nodes, add a node, or raise maxPods in a KubeletConfiguration document',
})

/** The kubelet runs, but the API refuses to take its certificate request, or nobody approves it. */
const waitsForCertificate: Rule = {
  name: 'request-not-approved',
  follows: ['api-unreachable', 'api-refused', 'api-name', 'api-authority', 'api-address', 'bootstrap-token', 'clock'],
  judge: evidence => {
    const {join, kubelet} = evidence
    const running = kubelet.runningSeconds ?? 0
    if (!join.hasBootstrapKubeconfig || join.hasClientCertificate || running < 20) return undefined
    if (linesOf(evidence, 'kubelet').some(({text}) => /connection refused|x509|Unauthorized|dial tcp/.test(text)))
      return undefined
    return {
      cause: 'the certificate request of the kubelet was not approved',
      certainty: 'likely',
      proof: [
        `bootstrap-kubelet.conf exists, but a client certificate does not; the kubelet has run for ${String(Math.round(running))} s`,
        ...proofOf(find(evidence, ['kubelet'], /certificate/)),
      ].slice(0, 3),
      fix: 'on the control plane: `kubectl get csr`, then approve it with kubectl certificate approve and its name; check that kube-controller-manager runs and that the bindings kubeadm:node-autoapprove-* exist',
    }
  },
}

const serving = logRule({
  name: 'serving-certificate',
  sources,
  pattern: /no serving certificate available for the kubelet/,
  certainty: 'likely',
  cause: () =>
    'the kubelet does not have a serving certificate: its request is not approved yet, so logs and exec fail on this node',
  fix: () =>
    'on the control plane: `kubectl get csr`, check which nodes requested them, then approve them with kubectl certificate approve and their names',
})

/** Why the kubelet does not run, or runs but is not a node of the cluster. */
export const KUBELET_RULES: readonly Rule[] = [
  swap,
  cgroupV1,
  binary,
  config,
  flag,
  nodeIp,
  kernelFlags,
  tooManyPods,
  waitsForCertificate,
  serving,
]
