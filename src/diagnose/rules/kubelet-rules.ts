import type {Rule} from '../diagnosis.ts'
import {find, linesOf, proofOf} from '../log.ts'
import {group, logRule} from '../rule.ts'

const sources = ['kubelet'] as const

const swap = logRule({
  name: 'swap',
  sources,
  pattern: /running with swap on is not supported/,
  cause: () => 'swap is on, and the kubelet refuses to run with it',
  also: (_, {swaps}) => (swaps.length === 0 ? [] : [`/proc/swaps: ${swaps.join(', ')}`]),
  fix: () => 'turn swap off for good (the phase prepare/swap does), or keep it on purpose with --swap=keep',
})

const cgroupV1 = logRule({
  name: 'cgroup-v1',
  sources,
  pattern: /kubelet is configured to not run on a host using cgroup v1/,
  cause: () => 'the host uses cgroup v1, and the kubelet refuses to run on it',
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
    if (unknown !== undefined) return `the kubelet's configuration has a field that it does not know: ${unknown}`
    return hit.line.text.includes('no such file or directory')
      ? "the kubelet's configuration file is missing"
      : "the kubelet's configuration cannot be used"
  },
  fix: hit =>
    hit.line.text.includes('no such file or directory')
      ? 'run kadm again for this host without skipping the phase that starts the kubelet: it writes the file'
      : 'correct the KubeletConfiguration document of your file (or /var/lib/kubelet/config.yaml) and run kadm again',
})

const flag = logRule({
  name: 'kubelet-flag',
  sources,
  pattern: /failed to parse kubelet flag: (?:unknown flag: (--\S+?)"*(?:\s|$)|(.*))/,
  cause: hit =>
    group(hit, 1) === ''
      ? 'a flag of the kubelet has a value it does not understand'
      : `the kubelet does not know its flag ${group(hit, 1)}; newer releases have removed some`,
  fix: () =>
    'take it out of /var/lib/kubelet/kubeadm-flags.env, /etc/default/kubelet or kubeletExtraArgs, then run kadm again',
})

const binary: Rule = {
  name: 'kubelet-binary',
  judge: ({kubelet}) => {
    if (kubelet.exitStatus !== 203 || kubelet.active === 'active') return undefined
    return {
      cause: 'the kubelet program is missing or cannot be executed here (another architecture, a cut-off file)',
      certainty: 'certain',
      proof: [
        `kubelet.service: ${kubelet.active} (${kubelet.sub}), status 203/EXEC`,
        ...kubelet.lines.slice(-1).map(({text}) => `kubelet: ${text}`),
      ],
      fix: 'run kadm again: it compares the program with its hash and puts it back',
    }
  },
}

const nodeIp = logRule({
  name: 'node-ip',
  sources,
  pattern: /node IP: "?([^"\s]+)"? not found in the host's network interfaces/,
  cause: hit => `the kubelet is told to use the address ${group(hit, 1)}, which no interface of this host has`,
  fix: () =>
    "correct the host's address (nodeIP of the file, or --node-ip in /var/lib/kubelet/kubeadm-flags.env) and run kadm again",
})

const kernelFlags = logRule({
  name: 'kernel-flags',
  sources,
  pattern: /invalid kernel flag: (\S+), expected value: (\d+), actual value: (\d+)/,
  cause: hit =>
    `the kubelet wants the kernel setting ${group(hit, 1)} to be ${group(hit, 2)}, and may not set it itself`,
  fix: hit =>
    `sudo sysctl -w ${group(hit, 1).replaceAll('/', '.')}=${group(hit, 2)}, and the same line in /etc/sysctl.d/`,
})

const tooManyPods = logRule({
  name: 'too-many-pods',
  sources,
  pattern: /OutOfpods|Too many pods/,
  cause: () => 'the node has as many pods as it may have',
  fix: () => 'move pods to other nodes, add a node, or raise maxPods in a KubeletConfiguration document',
})

const manifest = logRule({
  name: 'static-pod-manifest',
  sources,
  pattern: /Could not process manifest file"? err="?(.*?)"?(?: path="?([^"\s]+)"?|$)/,
  cause: hit => `a static pod's manifest cannot be read${group(hit, 2) === '' ? '' : `: ${group(hit, 2)}`}`,
  fix: () => 'run kadm again: it writes the manifests anew; a patch or extra argument of the file may be what is wrong',
})

/** The kubelet stops, and no rule knows why: its own last words. */
const stops: Rule = {
  name: 'kubelet-stops',
  judge: ({kubelet}) => {
    const isDown =
      kubelet.active === 'failed' ||
      kubelet.sub === 'auto-restart' ||
      (kubelet.restarts > 2 && (kubelet.runningSeconds ?? 0) < 30)
    if (!isDown) return undefined
    const words = kubelet.lines.filter(({text}) => /^[EF]\d{4} |^Error: |panic|fatal/.test(text)).slice(-2)
    return {
      cause: 'the kubelet starts and stops again at once',
      certainty: words.length > 0 ? 'likely' : 'possible',
      proof: [
        `kubelet.service: ${kubelet.active} (${kubelet.sub}), ${String(kubelet.restarts)} restarts, exit status ${String(kubelet.exitStatus)}`,
        ...proofOf(words.map(line => ({source: 'kubelet', line, groups: []}))),
      ],
      fix: 'read its last words above; all of them: sudo journalctl -u kubelet -n 50 --no-pager',
    }
  },
}

const off: Rule = {
  name: 'kubelet-off',
  judge: ({kubelet, join}, {phase}) => {
    const isNode = join.hasKubeconfig || join.hasBootstrapKubeconfig
    if (kubelet.active !== 'inactive' || (!isNode && !/kubelet|control-plane|ready|join/.test(phase))) return undefined
    return {
      cause: 'the kubelet is not running: somebody stopped it, or it is not enabled',
      certainty: isNode ? 'certain' : 'possible',
      proof: [`kubelet.service: ${kubelet.active} (${kubelet.sub})`],
      fix: 'sudo systemctl enable --now kubelet, or run kadm again',
    }
  },
}

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
      cause: 'the kubelet asked for its certificate, and the request was not approved',
      certainty: 'likely',
      proof: [
        `bootstrap-kubelet.conf is there, a client certificate is not; the kubelet has run for ${String(Math.round(running))} s`,
        ...proofOf(find(evidence, ['kubelet'], /certificate/)),
      ].slice(0, 3),
      fix: 'on the control plane: kubectl get csr, then kubectl certificate approve NAME; see that kube-controller-manager runs and that the bindings kubeadm:node-autoapprove-* exist',
    }
  },
}

const serving = logRule({
  name: 'serving-certificate',
  sources,
  pattern: /no serving certificate available for the kubelet/,
  certainty: 'likely',
  cause: () =>
    'the kubelet has no serving certificate: its request waits for approval, so logs and exec fail on this node',
  fix: () => 'on the control plane: kubectl get csr, look whose they are, then kubectl certificate approve NAME',
})

/** Why the kubelet does not run, or runs and is no node. */
export const KUBELET_RULES: readonly Rule[] = [
  swap,
  cgroupV1,
  binary,
  config,
  flag,
  nodeIp,
  kernelFlags,
  manifest,
  tooManyPods,
  waitsForCertificate,
  serving,
  off,
]

/** Told only when nothing better is known. */
export const KUBELET_LAST_WORDS: Rule = stops
