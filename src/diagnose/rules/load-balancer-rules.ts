import type {Evidence} from '../../domain/evidence.ts'
import {
  BALANCER_CONFIG,
  BALANCER_HOST,
  BALANCER_MANIFEST,
  BALANCER_POD,
  balancerOf,
} from '../../domain/load-balancer.ts'
import type {Rule} from '../diagnosis.ts'
import {containerLines, crashing, find, proofOf, type Hit} from '../log.ts'
import {AGAIN, group, logRule} from '../rule.ts'

const isCrashing = (evidence: Evidence): boolean => crashing(evidence, [BALANCER_POD]).length > 0

const port = logRule({
  name: 'load-balancer-port',
  sources: [BALANCER_POD],
  pattern: /cannot bind socket \(Address already in use\)(?: for)? \[\S*:(\d+)\]/,
  holds: (hit, evidence) => holdersOf(hit, evidence).length > 0 || isCrashing(evidence),
  cause: hit => `the load balancer of this node cannot start, because another program has its port ${group(hit, 1)}`,
  also: (hit, evidence) =>
    holdersOf(hit, evidence).flatMap(({process, address}) =>
      process === '' ? [] : [`${process} uses port ${group(hit, 1)} (at ${address})`],
    ),
  fix: hit =>
    `stop the other program (\`sudo ss -ltnp 'sport = :${group(hit, 1)}'\` names it), or choose another port in your file: loadBalancer: {kind: local, port: PORT}`,
})

/** Other programs on the port. */
const holdersOf = (hit: Hit, {listening}: Evidence): Evidence['listening'] =>
  listening.filter(({port: taken, process}) => String(taken) === group(hit, 1) && process !== 'haproxy')

const config = logRule({
  name: 'load-balancer-config',
  sources: [BALANCER_POD],
  pattern: /Fatal errors found in configuration|Cannot open configuration file/,
  holds: (_, evidence) => isCrashing(evidence),
  cause: () => `the load balancer of this node does not start, because ${BALANCER_CONFIG} is missing or damaged`,
  fix: () => `${AGAIN}: it writes the file again`,
})

/** Time in which the kubelet pulls the image and starts the pod. */
const STARTED_SECONDS = 60

/** The port by which the kubelet of a worker reaches the API through its load balancer. */
const portOf = ({join}: Evidence): number | undefined =>
  balancerOf({controlPlaneEndpoint: join.apiServer?.replace(/^https:\/\//, '')})?.port

const isRunning = (evidence: Evidence): boolean =>
  evidence.listening.some(({port: open, process}) => process === 'haproxy' || open === portOf(evidence))

const OTHER_CAUSES = [
  ...['load-balancer-port', 'load-balancer-config', 'image-pull', 'sandbox-image', 'static-pod-manifest'],
  ...['containerd-down', 'containerd-config', 'cri-disabled', 'unit-masked', 'disk-full', 'read-only-disk'],
  ...['cgroup-driver', 'runc-missing', 'oom-score', 'seccomp', 'apparmor', 'runtime-hangs', 'runtime-answer'],
  ...['kubelet-off', 'kubelet-stops', 'kubelet-config', 'kubelet-flag', 'swap', 'cgroup-v1', 'file-changed'],
] as const

const down: Rule = {
  name: 'load-balancer-down',
  follows: OTHER_CAUSES,
  judge: evidence => {
    const manifest = evidence.manifests.find(({file}) => BALANCER_MANIFEST.endsWith(`/${file}`))
    if (manifest === undefined && portOf(evidence) === undefined) return undefined
    const young = Math.min(
      evidence.now - (manifest?.changedAt ?? 0),
      evidence.kubelet.runningSeconds ?? STARTED_SECONDS,
    )
    if (isRunning(evidence) || young < STARTED_SECONDS) return undefined
    const effect = 'so pods of the system and the kubelets of workers do not reach the API from here'
    const containers = evidence.containers.filter(({name}) => name === BALANCER_POD)
    const [last] = containers.flatMap(container => containerLines(container, evidence.now)).slice(-1)
    return {
      cause:
        manifest === undefined
          ? `${BALANCER_MANIFEST} is missing, so the load balancer of this node does not run, ${effect}`
          : `the load balancer of this node does not run, ${effect}`,
      certainty: 'certain',
      proof: [
        `haproxy does not listen on any port; ${BALANCER_MANIFEST}: ${manifest === undefined ? 'missing' : 'there'}`,
        ...(last === undefined ? [] : [`${BALANCER_POD}: ${last.text}`]),
        ...proofOf(find(evidence, ['kubelet'], new RegExp(BALANCER_POD)), 1),
      ],
      fix:
        manifest === undefined
          ? `${AGAIN}: it writes the file again`
          : `see why: \`sudo sh -c "tail -n 20 /var/log/containers/${BALANCER_POD}-*.log"\`, and \`journalctl -u kubelet -n 20\`; then ${AGAIN}`,
    }
  },
}

/** The name works only while each node resolves it to itself. */
const name = logRule({
  name: 'load-balancer-name',
  sources: ['kubelet'],
  pattern: new RegExp(`dial tcp: lookup ${BALANCER_HOST.replaceAll('.', '[.]')}\\b`),
  holds: (_, {api}) => api?.answered !== true,
  cause: () => `this node does not resolve ${BALANCER_HOST}, because its line in /etc/hosts is missing`,
  fix: () => `${AGAIN}: it writes the line again`,
})

/** Why a node does not reach the API through its own load balancer. */
export const LOAD_BALANCER_RULES: readonly Rule[] = [port, config, down, name]

/** Their names, for rules about an API that cannot be reached. */
export const LOAD_BALANCER_CAUSES: readonly string[] = LOAD_BALANCER_RULES.map(rule => rule.name)
