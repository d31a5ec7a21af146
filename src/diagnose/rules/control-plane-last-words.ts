import type {ContainerEvidence, Evidence} from '../../domain/evidence.ts'
import type {Rule} from '../diagnosis.ts'
import {CONTROL_PLANE, containerLines, crashing, proofOf} from '../log.ts'
import {ETCD_CAUSES} from './etcd-rules.ts'

const LET_GO = /context canceled|leader ?election lost|[Ff]ailed to renew lease|termination signal|[Ss]hutting down/
const BACK_SECONDS = 60

/** Ended in order, or for want of an API that answers again: its kubelet starts it within the minute. */
const comesBack = (container: ContainerEvidence, {api, notReady, now}: Evidence): boolean => {
  const last = containerLines(container, now).slice(-3)
  return (
    api?.answered === true &&
    notReady.length === 0 &&
    last.some(({text, at}) => at >= now - BACK_SECONDS && LET_GO.test(text))
  )
}

const LOST_API =
  /connection refused|i\/o timeout|no route to host|context deadline exceeded|leader ?election lost|[Ff]ailed to renew lease/

/** Controllers end when they lose the API, which is another's trouble. */
const lacksApi = (container: ContainerEvidence, {api, now}: Evidence): boolean =>
  ['kube-controller-manager', 'kube-scheduler'].includes(container.name) &&
  api?.answered === false &&
  containerLines(container, now)
    .slice(-5)
    .some(({text}) => LOST_API.test(text))

/** A component ends again and again, and no rule knows why: its own last words. */
export const COMPONENT_LAST_WORDS: Rule = {
  name: 'component-stops',
  follows: [
    ...ETCD_CAUSES,
    'etcd-unreachable',
    'unit-masked',
    'image-pull',
    'sandbox-image',
    'containerd-down',
    'cgroup-driver',
    'clock',
    'certificate-expired',
    'etcd-slow-disk',
    'out-of-memory',
  ],
  judge: evidence => {
    const down = crashing(evidence, CONTROL_PLANE).filter(
      container => !comesBack(container, evidence) && !lacksApi(container, evidence),
    )
    // All others wait for etcd, and then for the API server.
    const first = down.find(({name}) => name === 'etcd') ?? down[0]
    if (first === undefined) return undefined
    const all = containerLines(first, evidence.now)
    const words = all.filter(({text}) => /^[EF]\d{4} |"level":"(?:error|fatal|panic)"|^Error: |panic|fatal/i.test(text))
    const last = (words.length > 0 ? words : all).slice(-2).map(line => ({source: first.name, line, groups: []}))
    return {
      cause: `${first.name} ${first.attempt > 0 ? `keeps stopping (started ${String(first.attempt + 1)} times)` : 'has stopped'}`,
      certainty: 'likely',
      proof: proofOf(last),
      fix: `see the last lines of its log above; for the whole log: \`sudo sh -c "tail -n 50 /var/log/pods/${first.namespace}_${first.pod}_*/${first.name}/*.log"\``,
    }
  },
}
