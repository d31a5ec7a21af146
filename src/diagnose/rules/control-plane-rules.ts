import type {Evidence} from '../../domain/evidence.ts'
import type {Rule} from '../diagnosis.ts'
import {ETCD_CAUSES} from './etcd-rules.ts'
import {backAgain} from './file-rules.ts'
import {CONTROL_PLANE} from '../log.ts'
import {AGAIN, group, logRule} from '../rule.ts'
import {whenCrashing} from './when-crashing.ts'

const portOf = (evidence: Evidence, port: string): readonly string[] =>
  evidence.listening
    .filter(socket => String(socket.port) === port && socket.process !== '')
    .map(({process, address}) => `${process} uses port ${port} (at ${address})`)

/** The socket table names programs by at most 15 letters. */
const heldByItself = (program: string, port: string, {listening}: Evidence): boolean =>
  listening.some(socket => String(socket.port) === port && socket.process === program.slice(0, 15))

const port = whenCrashing(
  logRule({
    name: 'port-in-use',
    sources: ['kubelet', ...CONTROL_PLANE],
    pattern: /listen tcp6? \S*:(\d+): bind: address already in use/,
    cause: hit => `${hit.source} cannot start, because another program has its port ${group(hit, 1)}`,
    holds: (hit, evidence) => !heldByItself(hit.source, group(hit, 1), evidence),
    also: (hit, evidence) => portOf(evidence, group(hit, 1)),
    fix: hit =>
      `stop the other program (\`sudo ss -ltnp 'sport = :${group(hit, 1)}'\` names it); \`kadm reset\` removes a program of an older cluster`,
  }),
)

const file = whenCrashing(
  logRule({
    name: 'component-file',
    sources: CONTROL_PLANE,
    pattern:
      /(?:open|stat|read) (\/etc\/kubernetes\/[^:"\s]+): (no such file or directory|permission denied)|private key does not match public key|failed to find any PEM data|unable to load (?:client CA|server certificate)/,
    cause: hit =>
      group(hit, 1) === ''
        ? `${hit.source} cannot use its certificate or key`
        : `${hit.source} cannot read ${group(hit, 1)} (${group(hit, 2)})`,
    fix: hit =>
      group(hit, 2) === 'no such file or directory'
        ? backAgain(group(hit, 1))
        : `${AGAIN}: it checks every certificate and key, and replaces those that are missing or invalid`,
  }),
)

const unhealthy: Rule = {
  name: 'api-unhealthy',
  follows: [...ETCD_CAUSES, 'etcd-unreachable', 'component-stops', 'etcd-slow-disk'],
  judge: ({notReady}) => {
    if (notReady.length === 0) return undefined
    return {
      cause: `the API server reports that it is not ready: ${notReady.join(', ')}${notReady.includes('etcd') ? ' (it cannot reach etcd)' : ''}`,
      certainty: 'likely',
      proof: notReady.slice(0, 3).map(check => `/readyz: ${check} failed`),
      fix: `see all checks: \`sudo kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw '/readyz?verbose'\`${notReady.includes('etcd') ? '; then see why etcd does not answer: `sudo sh -c "tail -n 20 /var/log/containers/etcd-*.log"`' : ''}`,
    }
  },
}

/** Why a static pod of the control plane ends. */
export const CONTROL_PLANE_RULES: readonly Rule[] = [port, file, unhealthy]
