import {ageText} from '../../../domain/duration.ts'
import {conditionOf, isObject, listAt, nameOf, objectAt, textAt, type ApiObject} from '../../../kube/json.ts'
import type {Judgement} from '../../diagnosis.ts'
import {ageOf, eventTime, timeAt} from '../cluster-time.ts'
import {cut, FRESH_MS, names, type ClusterRule, type ClusterView} from '../cluster-view.ts'
import {readyEndpoints} from '../wanted-workloads.ts'

/** Its store: without it the API can do nothing for long. */
const etcdRefuses: ClusterRule = {
  name: 'etcd-refuses',
  judge: ({snapshot: {readyz}, expected}) => {
    const failed = failedChecks(readyz)
    if (!failed.some(check => /^etcd/.test(check))) return []
    return [
      {
        cause: 'the API server cannot reach etcd, which stores the state of the cluster',
        certainty: 'certain',
        proof: [`/readyz: failed: ${names(failed)}`],
        fix: `${expected.repair.why()}; then ${expected.repair.cluster}`,
      },
    ]
  },
}

/** Checks of its start are failed until it has started, which takes some seconds. */
const apiNotReady: ClusterRule = {
  name: 'api-not-ready',
  follows: ['etcd-refuses'],
  judge: ({snapshot: {readyz}, expected}) => {
    const failed = failedChecks(readyz).filter(check => !/^poststarthook\/|^informer-sync$|^shutdown$/.test(check))
    if (failed.length === 0) return []
    return [
      {
        cause: 'the API server reports that it is not ready',
        certainty: 'likely',
        proof: [`/readyz: failed: ${names(failed)}`],
        fix: expected.repair.why(),
      },
    ]
  },
}

/** `[-]etcd failed: reason withheld` */
function failedChecks(readyz: ClusterView['snapshot']['readyz']): readonly string[] {
  if (readyz === undefined || readyz.status === 200) return []
  return [...readyz.text.matchAll(/^\[-\](\S+) failed/gm)].map(match => match[1] ?? '')
}

/** What is installed together comes up within this time. */
const STARTS_MS = 30_000

const apiServiceDown: ClusterRule = {
  name: 'api-service-down',
  judge: ({snapshot: {apiServices, now}}) =>
    (apiServices ?? []).flatMap((service): readonly Judgement[] => {
      const available = conditionOf(service, 'Available')
      const since = timeAt(available, 'lastTransitionTime') ?? 0
      const behind = objectAt(service, 'spec', 'service')
      if (textAt(available, 'status') !== 'False' || now - since < STARTS_MS) return []
      const place = `${textAt(behind, 'namespace') ?? ''}/${textAt(behind, 'name') ?? ''}`
      return [
        {
          cause: `the API ${nameOf(service)} has not been available for ${ageText(now - since)}: its Service ${place} does not answer; kubectl is slow and namespaces cannot be deleted`,
          certainty: 'certain',
          proof: [`${textAt(available, 'reason') ?? ''}: ${cut(textAt(available, 'message') ?? '')}`],
          fix: `start ${place} again, or, if you no longer need it: \`kubectl delete apiservice ${nameOf(service)}\``,
        },
      ]
    }),
}

/** Asked before every object that it matches is changed; where it does not answer and must, the change is refused. */
const webhookDown: ClusterRule = {
  name: 'webhook-down',
  judge: ({snapshot: {webhooks, endpoints, now}}) =>
    (webhooks ?? []).flatMap(configuration =>
      listAt(configuration, 'webhooks')
        .filter(isObject)
        .flatMap((webhook): readonly Judgement[] => {
          const service = objectAt(webhook, 'clientConfig', 'service')
          const place = `${textAt(service, 'namespace') ?? ''}/${textAt(service, 'name') ?? ''}`
          const slices = endpoints[place]
          const rules = listAt(webhook, 'rules')
          const isOptional = textAt(webhook, 'failurePolicy') === 'Ignore' || rules.length === 0
          if (slices === undefined || isOptional || readyEndpoints(slices) > 0) return []
          if (ageOf(configuration, now) < STARTS_MS) return []
          const kind = textAt(configuration, 'kind') ?? ''
          return [
            {
              cause: `${kind} ${nameOf(configuration)} refuses ${refusedBy(rules)}: its Service ${place} has no ready endpoints`,
              certainty: 'certain',
              proof: [`webhook ${textAt(webhook, 'name') ?? ''}: failurePolicy Fail, ready endpoints: 0`],
              fix: `start ${place} again, or, if you no longer need it: \`kubectl delete ${kind.toLowerCase()} ${nameOf(configuration)}\``,
            },
          ]
        }),
    ),
}

function refusedBy(rules: readonly unknown[]): string {
  const texts = (field: string): readonly string[] => [
    ...new Set(rules.flatMap(rule => listAt(rule, field)).filter((one): one is string => typeof one === 'string')),
  ]
  return `${names(texts('operations').map(one => (one === '*' ? 'every change' : one)))} of ${names(texts('resources').map(one => (one === '*' || one === '*/*' ? 'everything' : one)))}`
}

const RECENT_MS = 600_000

/** What may not be made at all leaves no pod that could say why. */
const podsRefused: ClusterRule = {
  name: 'pods-refused',
  follows: ['webhook-down'],
  judge: ({snapshot}) => {
    const {warnings, owners, now} = snapshot
    const creates = (warnings ?? [])
      .filter(event => textAt(event, 'reason') === 'FailedCreate' && now - eventTime(event) < RECENT_MS)
      .filter(event => stillLacks(owners[textAt(event, 'involvedObject', 'uid') ?? '']) && isOfCluster(event))
    const byOwner = Map.groupBy(creates, event => ownerOf(event))
    return [...byOwner].map(([owner, events]): Judgement => {
      const [newest] = events.toSorted((a, b) => eventTime(b) - eventTime(a))
      return {
        cause: `${owner} cannot create its pods`,
        certainty: 'certain',
        proof: [`FailedCreate: ${cut(textAt(newest, 'message') ?? '')}`],
        fix: `remove what refuses the pods: the message above names the webhook, quota or limit; \`kubectl describe ${owner.replace(/^(\S+) ([^/]+)\/(.*)$/, '$1 -n $2 $3').toLowerCase()}\` shows more`,
      }
    })
  },
}

const ownerOf = (event: ApiObject): string => {
  const object = objectAt(event, 'involvedObject')
  return `${textAt(object, 'kind') ?? ''} ${textAt(object, 'namespace') ?? ''}/${textAt(object, 'name') ?? ''}`
}

/** The system's own pods, and everybody's where a webhook does not answer; a quota or a policy that refuses a user's pod is not a fault. */
const isOfCluster = (event: ApiObject): boolean =>
  /^kube-/.test(textAt(event, 'involvedObject', 'namespace') ?? '') ||
  /failed calling webhook/.test(textAt(event, 'message') ?? '')

/** Whether what could not make a pod still has too few of them. */
function stillLacks(owner: ApiObject | 'absent' | undefined): boolean {
  if (owner === undefined || owner === 'absent') return false
  const number = (...path: readonly string[]): number => {
    const value = path.reduce<unknown>((found, key) => (isObject(found) ? found[key] : undefined), owner)
    return typeof value === 'number' ? value : 0
  }
  const isDaemonSet = objectAt(owner, 'status')['desiredNumberScheduled'] !== undefined
  if (isDaemonSet) return number('status', 'currentNumberScheduled') < number('status', 'desiredNumberScheduled')
  return number('status', 'replicas') < number('spec', 'replicas')
}

const SIGNERS: Readonly<Record<string, string>> = {
  'kubernetes.io/kube-apiserver-client-kubelet': 'a kubelet waits for its certificate, so its node does not join',
  'kubernetes.io/kubelet-serving': 'a kubelet waits for its serving certificate, so logs and exec fail on its node',
}

/** Requests of kubelets that nobody answered; a later one that was answered took its place. */
const requestPending: ClusterRule = {
  name: 'request-pending',
  follows: ['leader-silent', 'static-pod-missing'],
  judge: ({snapshot: {signingRequests = [], now}, expected}) => {
    const who = (one: ApiObject): string =>
      `${textAt(one, 'spec', 'signerName') ?? ''} ${textAt(one, 'spec', 'username') ?? ''}`
    const issued = signingRequests.filter(one => textAt(one, 'status', 'certificate') !== undefined)
    const isAnswered = (one: ApiObject): boolean =>
      issued.some(other => who(other) === who(one) && ageOf(other, now) < ageOf(one, now))
    const pending = signingRequests.filter(
      one =>
        listAt(one, 'status', 'conditions').length === 0 &&
        ageOf(one, now) > FRESH_MS &&
        (textAt(one, 'spec', 'signerName') ?? '') in SIGNERS &&
        !isAnswered(one),
    )
    return [...Map.groupBy(pending, one => textAt(one, 'spec', 'signerName') ?? '')].map(([signer, all]): Judgement => {
      const names5 = all.slice(0, 5).map(nameOf)
      return {
        cause: SIGNERS[signer] ?? '',
        certainty: 'likely',
        proof: all
          .slice(0, 3)
          .map(
            one => `${nameOf(one)}: ${textAt(one, 'spec', 'username') ?? ''}, waits for ${ageText(ageOf(one, now))}`,
          ),
        fix:
          signer === 'kubernetes.io/kubelet-serving'
            ? `if these are your nodes: \`kubectl certificate approve ${names5.join(' ')}\``
            : `${expected.repair.cluster} restores the bindings that approve them; or approve them yourself, if these are your machines: \`kubectl certificate approve ${names5.join(' ')}\``,
      }
    })
  },
}

export const API_RULES: readonly ClusterRule[] = [
  etcdRefuses,
  apiNotReady,
  apiServiceDown,
  webhookDown,
  podsRefused,
  requestPending,
]
