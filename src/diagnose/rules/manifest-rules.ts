import {PORTS} from '../../domain/ports.ts'
import type {Evidence} from '../../domain/evidence.ts'
import {ADMIN_CONF} from '../../domain/paths.ts'
import type {Rule} from '../diagnosis.ts'
import {CONTROL_PLANE, crashing, find, proofOf} from '../log.ts'
import {AGAIN, group, logRule} from '../rule.ts'

const FOLDER = '/etc/kubernetes/manifests'

/** etcd on other machines has no manifest here. */
const runsEtcdItself = ({controlPlane, certificates}: Evidence): boolean =>
  certificates.some(({path}) => path.endsWith('/etcd/server.crt')) ||
  /\/\/(?:127\.|localhost|\[::1\])/.test(controlPlane.etcdServers ?? '')

const missing = (evidence: Evidence): readonly string[] =>
  CONTROL_PLANE.filter(name => name !== 'etcd' || runsEtcdItself(evidence)).filter(
    name => !evidence.manifests.some(({file, pod}) => pod === name || file === `${name}.yaml`),
  )

const PORT_OF: Readonly<Record<string, number>> = {
  etcd: PORTS.etcdClient,
  'kube-apiserver': PORTS.apiServer,
  'kube-controller-manager': PORTS.controllerManager,
  'kube-scheduler': PORTS.scheduler,
}

/** The manifests are written one phase after another, so that while a cluster is made some are not there yet. */
const isComplete = (phase: string): boolean => /^(?:doctor|status)$|ready|addon|verify|network/.test(phase)

const gone: Rule = {
  name: 'manifest-missing',
  judge: (evidence, {phase}) => {
    const {controlPlane, join, listening} = evidence
    if (!controlPlane.apiCertificate || !join.hasKubeconfig || !isComplete(phase)) return undefined
    const names = missing(evidence)
    const [first] = names
    if (first === undefined) return undefined
    const port = PORT_OF[first] ?? 0
    const listens = listening.some(socket => socket.port === port)
    return {
      cause: `${FOLDER} does not contain ${names.map(name => `${name}.yaml`).join(', ')}, so ${names.join(', ')} cannot run`,
      certainty: 'certain',
      proof: [
        `files in ${FOLDER}: ${evidence.manifests.map(({file}) => file).join(', ') || 'none'}`,
        `${listens ? 'something' : 'nothing'} listens on port ${String(port)} of ${first}`,
      ],
      fix: `${AGAIN}: it writes the missing files`,
    }
  },
}

/**
 * The kubelet reads every file there that does not begin with a dot, and takes two files of one pod for a change of it.
 */
const doubled: Rule = {
  name: 'manifest-copy',
  judge: ({manifests}) => {
    const copies = manifests.filter(
      ({file, pod}) => pod !== '' && file !== `${pod}.yaml` && manifests.some(other => other.file === `${pod}.yaml`),
    )
    const [first] = copies
    if (first === undefined) return undefined
    return {
      cause: `${FOLDER}/${first.file} defines the pod ${first.pod} a second time: the kubelet runs one of the two files, and which one changes`,
      certainty: 'certain',
      proof: copies.slice(0, 3).map(({file, pod}) => `${FOLDER}/${file} and ${pod}.yaml both define ${pod}`),
      fix: `move the copy out of the folder: \`sudo mv ${FOLDER}/${first.file} /root/\``,
    }
  },
}

const unreadable = logRule({
  name: 'static-pod-manifest',
  sources: ['kubelet'],
  pattern: /Could not process manifest file"? err="?(.*?)"?(?: path="?([^"\s]+)"?|$)/,
  holds: (hit, {manifests}) => {
    const file = group(hit, 2).split('/').at(-1)
    const found = manifests.find(manifest => manifest.file === file)
    return file === undefined || file === '' || (found !== undefined && (found.changedAt ?? 0) <= hit.line.at)
  },
  cause: hit =>
    `the kubelet cannot read the manifest of a static pod${group(hit, 2) === '' ? '' : `: ${group(hit, 2)}`}`,
  fix: hit =>
    CONTROL_PLANE.some(name => group(hit, 2) === `${FOLDER}/${name}.yaml`)
      ? `${AGAIN}: it writes the file again; if the error returns, correct the extra arguments in your file`
      : `correct the file, or move it out of the folder: \`sudo mv ${group(hit, 2) || `${FOLDER}/FILE`} /root/\``,
})

/** Time after which the kubelet has read the folder (it does every 20 s) and started what stands there. */
const STARTED_SECONDS = 120

const notRun: Rule = {
  name: 'static-pod-absent',
  follows: [
    ...['static-pod-manifest', 'manifest-missing', 'image-pull', 'sandbox-image', 'containerd-down', 'disk-full'],
    ...[
      'cgroup-driver',
      'runc-missing',
      'oom-score',
      'seccomp',
      'apparmor',
      'unit-masked',
      'read-only-disk',
      'cni-plugin',
    ],
    'file-changed',
  ],
  judge: evidence => {
    const {kubelet, kubeletAnswers, manifests, containers, runtime} = evidence
    if (kubeletAnswers !== true || (kubelet.runningSeconds ?? 0) < STARTED_SECONDS) return undefined
    if (runtime.images === undefined) return undefined
    const absent = manifests.filter(
      ({file, pod, changedAt}) =>
        CONTROL_PLANE.some(name => file === `${name}.yaml` && pod === name) &&
        evidence.now - (changedAt ?? 0) > STARTED_SECONDS &&
        !containers.some(({name}) => name === pod),
    )
    const [first] = absent
    if (first === undefined) return undefined
    return {
      cause: `the kubelet does not run ${absent.map(({pod}) => pod).join(', ')}, although the manifest exists`,
      certainty: 'likely',
      proof: [
        `${FOLDER}/${first.file} exists, but the container ${first.pod} does not`,
        ...proofOf(find(evidence, ['kubelet'], new RegExp(`${first.pod}|static`)), 1),
      ],
      fix: `check that staticPodPath in /var/lib/kubelet/config.yaml is ${FOLDER}, then \`sudo systemctl restart kubelet\``,
    }
  },
}

const placesOf = (evidence: Evidence, name: string): readonly string[] => [
  ...new Set(evidence.flags.flatMap(flag => (flag.name === name ? [flag.place] : []))),
]

const flag = logRule({
  name: 'component-flag',
  sources: CONTROL_PLANE,
  pattern:
    /(?:unknown flag: |flag provided but not defined: |unknown shorthand flag: .* in )(-\S+)|invalid argument "([^"]*)" for "([^"]*)" flag/,
  holds: ({source}, evidence) => crashing(evidence, [source]).length > 0,
  cause: hit =>
    group(hit, 1) === ''
      ? `the value "${group(hit, 2)}" of the flag ${group(hit, 3)} is invalid for ${hit.source}`
      : `${hit.source} does not know its flag ${group(hit, 1)}; newer releases have removed some`,
  also: (hit, evidence) => placesOf(evidence, group(hit, 1)).map(place => `${group(hit, 1)} is in ${place}`),
  fix: hit =>
    `if the flag is an extra argument of ${hit.source} in your file, correct it there; then ${AGAIN}: it writes ${FOLDER}/${hit.source}.yaml as the file says`,
})

/** The cluster runs on without it; its administrator does not get in from here. */
const adminGone: Rule = {
  name: 'admin-conf-missing',
  isLater: true,
  judge: ({controlPlane, join}, {phase}) => {
    if (phase !== 'doctor' || controlPlane.adminConf || !controlPlane.apiCertificate || !join.hasKubeconfig)
      return undefined
    return {
      cause: `${ADMIN_CONF} is missing on this control plane, so kubectl and kadm cannot use the cluster from here`,
      certainty: 'certain',
      proof: [`${ADMIN_CONF}: missing or empty`],
      fix: `${AGAIN}: it writes the file again`,
    }
  },
}

/** What is wrong with the files that say which pods the kubelet runs by itself. */
export const MANIFEST_RULES: readonly Rule[] = [gone, doubled, unreadable, notRun, flag, adminGone]
