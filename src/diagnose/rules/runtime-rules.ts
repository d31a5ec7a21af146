import type {Evidence} from '../../domain/evidence.ts'
import type {Judgement, Rule} from '../diagnosis.ts'
import {find, isCrashing, proofOf, shorten} from '../log.ts'
import {logRule} from '../rule.ts'

const sources = ['kubelet', 'containerd'] as const

const configBroken = logRule({
  name: 'containerd-config',
  sources: ['containerd'],
  pattern: /failed to load TOML from (\S+?): (.*)|invalid plugin config|invalid disabled plugin/,
  cause: () => 'containerd cannot read its configuration',
  fix: () =>
    'correct /etc/containerd/config.toml (test it with: containerd config dump), or let kadm write it: run it again',
})

const criDisabled: Rule = {
  name: 'cri-disabled',
  judge: evidence => {
    const hits = find(evidence, sources, /unknown service runtime\.v1\.(?:RuntimeService|ImageService)/)
    const {criDisabled: disabled} = evidence.runtime
    if (!disabled && hits.length === 0) return undefined
    return {
      cause: 'containerd runs without its CRI plugin, so the kubelet cannot use it',
      certainty: 'certain',
      proof: [...(disabled ? ['/etc/containerd/config.toml: disabled_plugins names cri'] : []), ...proofOf(hits)],
      fix: 'run kadm again: it writes a configuration with the plugin on; by hand: empty disabled_plugins in /etc/containerd/config.toml and sudo systemctl restart containerd',
    }
  },
}

const down: Rule = {
  name: 'containerd-down',
  follows: [
    'containerd-config',
    'cri-disabled',
    'disk-full',
    'read-only-disk',
    'out-of-memory',
    'inotify-instances',
    'inotify-watches',
  ],
  judge: evidence => {
    const {containerd, runtime, kubelet} = evidence
    const hits = find(
      evidence,
      ['kubelet'],
      /containerd\.sock: connect: (?:no such file or directory|connection refused)/,
    )
    const isDown = containerd.active !== 'active' || !runtime.socket
    if (!isDown || (hits.length === 0 && kubelet.active !== 'active' && containerd.active !== 'failed'))
      return undefined
    const words = containerd.lines.filter(({text}) => /level=(?:fatal|error)|^containerd: |Failed/.test(text)).slice(-1)
    return {
      cause: runtime.installed
        ? 'containerd is not running'
        : 'there is no container runtime: containerd is not installed',
      certainty: 'certain',
      proof: [
        `containerd.service: ${containerd.active === '' ? 'there is none' : `${containerd.active} (${containerd.sub})`}; socket ${runtime.socket ? 'there' : 'missing'}`,
        ...words.map(({text}) => `containerd: ${shorten(text)}`),
        ...proofOf(hits, 1),
      ],
      fix: runtime.installed
        ? 'sudo systemctl restart containerd, and look at: sudo journalctl -u containerd -n 30 --no-pager'
        : 'run kadm again without skipping the phase that installs the runtime',
    }
  },
}

const cgroupDriver: Rule = {
  name: 'cgroup-driver',
  judge: evidence => {
    const {kubeletConfig, runtime, kubelet, containers, now} = evidence
    const hits = find(
      evidence,
      sources,
      /[Ee]xpected cgroupsPath to be of format "?slice:prefix:name"? for systemd cgroups, got "?([^"\s]+)|cgroup driver: "?(\w+)"? is different from/,
    )
    const theirs = runtime.systemdCgroup === undefined ? undefined : runtime.systemdCgroup ? 'systemd' : 'cgroupfs'
    const ours = kubeletConfig?.cgroupDriver
    const differ = ours !== undefined && theirs !== undefined && ours !== theirs
    const suffers = kubelet.active !== 'active' || containers.some(container => isCrashing(container, now))
    if (hits.length === 0 && !(differ && suffers)) return undefined
    return {
      cause: 'kubelet and containerd manage cgroups in different ways: containers cannot start or are ended again',
      certainty: hits.length > 0 ? 'certain' : 'possible',
      proof: [
        `cgroup driver of the kubelet: ${ours ?? 'its default'}; of containerd: ${theirs ?? 'unknown'}`,
        ...proofOf(hits),
      ],
      fix: 'run kadm again: it sets both alike; by hand: SystemdCgroup in /etc/containerd/config.toml like cgroupDriver in /var/lib/kubelet/config.yaml',
    }
  },
}

const PULLS = [
  {
    why: 'dns',
    pattern:
      /no such host|server misbehaving|name resolution|lookup \S+(?: on \S+)?: (?:i\/o timeout|read udp)|read udp .*:53/,
    cause: 'the name of the registry cannot be resolved',
    fix: 'give the host a name server that works (look at /etc/resolv.conf), or use a mirror or a bundle',
  },
  {
    why: 'rate limit',
    pattern: /\b429\b|toomanyrequests|Too Many Requests/i,
    cause: 'the registry refuses more downloads for now (rate limit)',
    fix: 'wait, log in to the registry, or use a mirror or a bundle',
  },
  {
    why: 'proxy',
    pattern: /proxyconnect/,
    cause: 'the proxy cannot be reached',
    fix: "correct the proxy in containerd's environment, then sudo systemctl restart containerd",
  },
  {
    why: 'authority',
    pattern: /certificate signed by unknown authority/,
    cause: "the host does not trust the registry's certificate",
    fix: 'put its CA into /usr/local/share/ca-certificates, run update-ca-certificates and restart containerd',
  },
  {
    why: 'no route',
    pattern:
      /no route to host|network is unreachable|connection refused|connection reset|i\/o timeout|deadline exceeded|Client\.Timeout/,
    cause: 'the registry cannot be reached from this host',
    fix: 'give the host a way to the registry (route, NAT, proxy), or use a mirror or a bundle',
  },
  {
    why: 'denied',
    pattern: /\b40[13]\b|denied|authorization failed|insufficient_scope/,
    cause: 'the registry refuses this image without other credentials',
    fix: 'check the name of the image and the credentials of its registry',
  },
  {
    why: 'missing',
    pattern: /not found|manifest unknown|not present with pull policy of Never|ErrImageNeverPull/,
    cause: 'the registry has no such image',
    fix: 'check kubernetesVersion and imageRepository; with a bundle: kadm bundle verify, then run kadm again to load its images',
  },
] as const

const UNKNOWN_PULL = {
  cause: 'it cannot be had',
  fix: 'try it on the host: sudo ctr -n k8s.io images pull IMAGE',
} as const

const pullReason = (text: string): {readonly cause: string; readonly fix: string} =>
  PULLS.find(({pattern}) => pattern.test(text)) ?? UNKNOWN_PULL

const pullJudgement = (
  evidence: Evidence,
  pattern: RegExp,
  subject: (image: string) => string,
): Judgement | undefined => {
  const hits = find(evidence, sources, pattern)
  // A back-off only repeats that it failed; the line that says why is worth more.
  const telling = hits.find(({line}) => PULLS.some(pull => pull.pattern.test(line.text))) ?? hits[0]
  if (telling === undefined) return undefined
  const {cause, fix} = pullReason(telling.line.text)
  const image = telling.groups.slice(1).find(text => text !== '') ?? 'an image'
  return {
    cause: `${subject(image)}: ${cause}`,
    certainty: 'certain',
    proof: proofOf([telling, ...hits]),
    fix: fix.replace('IMAGE', image),
  }
}

const sandboxImage: Rule = {
  name: 'sandbox-image',
  judge: evidence => {
    const judgement = pullJudgement(
      evidence,
      /failed to get sandbox image "([^"]+)":/,
      image => `no pod can start, because the image of pod sandboxes (${image}) is missing`,
    )
    const {sandboxImage: wanted, images} = evidence.runtime
    if (judgement === undefined || wanted === undefined || images === undefined || images.includes(wanted))
      return judgement
    return {...judgement, proof: [...judgement.proof.slice(0, 2), `containerd wants ${wanted} and does not have it`]}
  },
}

const imagePull: Rule = {
  name: 'image-pull',
  judge: evidence =>
    pullJudgement(
      evidence,
      /^(?!.*sandbox image).*(?:failed to pull and unpack image "([^"]+)"|Failed to pull image.* image="([^"]+)"|Back-off pulling image "([^"]+)"|Container image "([^"]+)" is not present with pull policy of Never)/,
      image => `the image ${image} cannot be had`,
    ),
}

const runc = [
  logRule({
    name: 'oom-score',
    sources,
    pattern: /can't get final child's PID from pipe/,
    certainty: 'likely',
    cause: () =>
      'containers may not lower their OOM score here: the capability SYS_RESOURCE is missing (a machine in a container)',
    fix: () =>
      'set restrict_oom_score_adj = true for the CRI runtime in /etc/containerd/config.toml (kadm does where it sees the need), then restart containerd',
  }),
  logRule({
    name: 'seccomp',
    sources,
    pattern: /seccomp: config provided but seccomp not supported/,
    cause: () => 'runc was built without seccomp, and no container can start with a profile',
    fix: () => "install the distribution's runc or an official release of it",
  }),
  logRule({
    name: 'apparmor',
    sources: [...sources, 'kernel'],
    pattern:
      /unable to apply apparmor profile|apparmor: config provided but apparmor not supported|apparmor failed to apply profile|apparmor="DENIED".*(?:runc|containerd)/,
    cause: () => 'AppArmor keeps containers from starting',
    fix: () =>
      'install the apparmor package (apparmor_parser) and restart containerd, or set disable_apparmor = true in its configuration',
  }),
  logRule({
    name: 'runc-missing',
    sources,
    pattern:
      /exec: "?runc"?: executable file not found|runtime "?io\.containerd\.runc\.v2"? binary not installed|containerd-shim-runc-v2"?: (?:executable )?file not found/,
    cause: () => 'the program that starts containers (runc or its shim) is missing',
    fix: () => 'run kadm again without skipping the phase that installs the runtime',
  }),
] as const

const unknownRuntime = logRule({
  name: 'runtime-answer',
  follows: ['containerd-down', 'cri-disabled', 'containerd-config'],
  sources: ['kubelet'],
  pattern: /validate CRI v1 (?:runtime|image) API for endpoint "?(\S+?)"?: (.*)/,
  certainty: 'likely',
  cause: () => 'the kubelet cannot talk to the container runtime',
  fix: () =>
    'sudo systemctl restart containerd; see that containerRuntimeEndpoint of the kubelet is /run/containerd/containerd.sock',
})

/** Why no container starts. */
export const RUNTIME_RULES: readonly Rule[] = [
  configBroken,
  criDisabled,
  down,
  unknownRuntime,
  cgroupDriver,
  sandboxImage,
  imagePull,
  ...runc,
]
