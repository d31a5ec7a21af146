import type {Evidence} from '../../domain/evidence.ts'
import type {Rule} from '../diagnosis.ts'
import {find, isCrashing, linesOf, proofOf, shorten} from '../log.ts'
import {AGAIN, group, logRule} from '../rule.ts'
import {IMAGE_RULES} from './image-rules.ts'

const sources = ['kubelet', 'containerd'] as const

const TOML =
  /(?:failed to load|[Ff]ailed to unmarshal|Failure unmarshaling) TOML(?: from (\S+?))?(?: at (row \d+ column \d+))?[:,]? (.*)|invalid plugin config|invalid disabled plugin|expected containerd config version|unsupported config version|failed to load (?:plugin )?config/

const configBroken = logRule({
  name: 'containerd-config',
  sources: ['containerd'],
  pattern: TOML,
  holds: (_, {containerd}) => containerd.active !== 'active',
  cause: hit => {
    const [file, row] = [/(\/etc\/containerd\/[^\s":]+)/.exec(hit.line.text)?.[1], rowOf(hit.line.text)]
    return `containerd cannot read its configuration${file === undefined ? '' : ` ${file}`}${row === '' ? '' : `: ${row}`}`
  },
  fix: () =>
    `${AGAIN}: it writes the file again; or correct the file yourself (\`sudo containerd config dump\` checks it), then \`sudo systemctl restart containerd\``,
})

/** Where and what, as the parser of containerd tells it: `row 5 column 40, expected ']'`. */
const rowOf = (text: string): string => {
  const match = /row (\d+)[, ]+column (\d+)|\((\d+), (\d+)\)/.exec(text)
  if (match === null) return ''
  const [row, column] = [match[1] ?? match[3], match[2] ?? match[4]]
  const expected = /expected [^,"]{1,60}/.exec(text)?.[0]
  return `row ${row ?? ''} column ${column ?? ''}${expected === undefined ? '' : `, ${expected}`}`
}

const criDisabled: Rule = {
  name: 'cri-disabled',
  judge: evidence => {
    const hits = find(evidence, sources, /unknown service runtime\.v1\.(?:RuntimeService|ImageService)/)
    const {criDisabled: disabled} = evidence.runtime
    const isWell = evidence.runtime.images !== undefined && evidence.kubeletAnswers === true
    if (!disabled && (hits.length === 0 || isWell)) return undefined
    return {
      cause: 'containerd runs without its CRI plugin, so the kubelet cannot use it',
      certainty: 'certain',
      proof: [...(disabled ? ['/etc/containerd/config.toml: disabled_plugins contains cri'] : []), ...proofOf(hits)],
      fix: `${AGAIN}: it enables the plugin; or remove cri from disabled_plugins in /etc/containerd/config.toml, then \`sudo systemctl restart containerd\``,
    }
  },
}

/** CRI-O and others serve a kubelet as well. */
const hasOtherRuntime = ({runtime, kubeletAnswers, kubeletConfig}: Evidence): boolean =>
  kubeletAnswers === true && (!runtime.installed || isElsewhere(kubeletConfig?.runtimeEndpoint))

const down: Rule = {
  name: 'containerd-down',
  follows: [
    'unit-masked',
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
    if (hits.length === 0 && hasOtherRuntime(evidence)) return undefined
    const isDown = containerd.active !== 'active' || !runtime.socket
    if (!isDown || (hits.length === 0 && kubelet.active !== 'active' && containerd.active !== 'failed'))
      return undefined
    const words = linesOf(evidence, 'containerd')
      .filter(({text}) => /level=(?:fatal|error)|^containerd: |Failed/.test(text))
      .slice(-1)
    return {
      cause: runtime.installed
        ? 'containerd is not running'
        : 'no container runtime is installed: containerd is missing',
      certainty: 'certain',
      proof: [
        `containerd.service: ${containerd.active === '' ? 'missing' : `${containerd.active} (${containerd.sub})`}; socket ${runtime.socket ? 'exists' : 'missing'}`,
        ...words.map(({text}) => `containerd: ${shorten(text)}`),
        ...proofOf(hits, 1),
      ],
      fix: runtime.installed
        ? '`sudo systemctl restart containerd`; if it stops again, see its log: `sudo journalctl -u containerd -n 30 --no-pager`'
        : `${AGAIN} without skipping the phase that installs the runtime`,
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
      cause: 'kubelet and containerd use different cgroup drivers: containers cannot start, or are stopped again',
      certainty: hits.length > 0 ? 'certain' : 'possible',
      proof: [
        `cgroup driver of the kubelet: ${ours ?? 'its default'}; of containerd: ${theirs ?? 'unknown'}`,
        ...proofOf(hits),
      ],
      fix: `${AGAIN}: it sets the same driver for both; or set SystemdCgroup in /etc/containerd/config.toml to match cgroupDriver in /var/lib/kubelet/config.yaml`,
    }
  },
}

const runc = [
  logRule({
    name: 'oom-score',
    sources,
    pattern: /can't get final child's PID from pipe/,
    certainty: 'likely',
    cause: () =>
      'containers are not allowed to lower their OOM score: the capability SYS_RESOURCE is missing (the machine is a container)',
    fix: () =>
      'set restrict_oom_score_adj = true for the CRI runtime in /etc/containerd/config.toml (kadm does so on such machines), then `sudo systemctl restart containerd`',
  }),
  logRule({
    name: 'seccomp',
    sources,
    pattern: /seccomp: config provided but seccomp not supported/,
    cause: () => 'runc was built without seccomp, so containers with a seccomp profile cannot start',
    fix: () => `${AGAIN}: it installs a runc with seccomp`,
  }),
  logRule({
    name: 'apparmor',
    sources: [...sources, 'kernel'],
    pattern:
      /unable to apply apparmor profile|apparmor: config provided but apparmor not supported|apparmor failed to apply profile|apparmor="DENIED".*(?:runc|containerd)/,
    cause: () => 'AppArmor prevents containers from starting',
    fix: () =>
      '`sudo apt-get install -y apparmor && sudo systemctl restart containerd`, or set disable_apparmor = true in its configuration',
  }),
  logRule({
    name: 'runc-missing',
    sources,
    pattern:
      /exec: "?runc"?: executable file not found|runtime "?io\.containerd\.runc\.v2"? binary not installed|containerd-shim-runc-v2"?: (?:executable )?file not found/,
    cause: () => 'the program that starts containers (runc or its shim) is missing',
    fix: () => `${AGAIN} without skipping the phase that installs the runtime`,
  }),
] as const

const SOCKET = 'unix:///run/containerd/containerd.sock'

const unknownRuntime = logRule({
  name: 'runtime-answer',
  follows: ['containerd-down', 'cri-disabled', 'containerd-config', 'unit-masked'],
  sources: ['kubelet'],
  pattern: /validate CRI v1 (?:runtime|image) API for endpoint "?(\S+?)"?: (.*)/,
  holds: (_, {kubeletAnswers}) => kubeletAnswers !== true,
  certainty: 'likely',
  cause: (_, {kubeletConfig}) =>
    isElsewhere(kubeletConfig?.runtimeEndpoint)
      ? `the kubelet expects the container runtime at ${kubeletConfig?.runtimeEndpoint ?? ''}, but containerd listens at ${SOCKET}`
      : 'the kubelet cannot talk to the container runtime',
  also: hit => [`endpoint that the kubelet uses: ${group(hit, 1)}`],
  fix: (_, {kubeletConfig}) =>
    isElsewhere(kubeletConfig?.runtimeEndpoint)
      ? `${AGAIN}: it writes containerRuntimeEndpoint`
      : '`sudo systemctl restart containerd`; if the problem returns, see its log: `sudo journalctl -u containerd -n 30 --no-pager`',
})

const isElsewhere = (endpoint: string | undefined): boolean =>
  endpoint !== undefined &&
  endpoint.replace(/^unix:\/\//, '').replace('/var/run/', '/run/') !== '/run/containerd/containerd.sock'

/** Why no container starts. */
export const RUNTIME_RULES: readonly Rule[] = [
  configBroken,
  criDisabled,
  down,
  unknownRuntime,
  cgroupDriver,
  ...IMAGE_RULES,
  ...runc,
]
