import {nameOf, textAt, type ApiObject} from '../../../kube/json.ts'
import type {Judgement} from '../../diagnosis.ts'
import {ageOf} from '../cluster-time.ts'
import {FRESH_MS, names, type ClusterRule, type ClusterView} from '../cluster-view.ts'
import {placeOf} from '../read-details.ts'
import type {LackingRight} from '../read-rights.ts'
import type {Who} from '../rights.ts'
import {ACCOUNTS, type AccountKey} from '../snapshot.ts'

const LOSSES: Readonly<Record<Who, string>> = {
  'kube-proxy': 'services do not follow their pods, and stop working when kube-proxy restarts',
  coredns: 'service names do not resolve, or resolve to old addresses',
  flannel: 'new and restarted nodes do not get the pod network',
  'kube-scheduler': 'new pods are not scheduled',
  'kube-controller-manager': 'deleting, scaling and deploying have no effect',
  kubelets: 'the certificates of the nodes are not renewed and expire',
  'joining machines': 'no machine can join',
  'the API server': 'logs, exec and port-forward fail on all nodes',
}

const WORKLOADS: Readonly<Partial<Record<Who, AccountKey>>> = {
  'kube-proxy': 'proxy',
  coredns: 'dns',
  flannel: 'flannel',
}

/** Roles that the API server makes by itself, whenever it starts. */
const API_RESTART =
  'run on the control plane `sudo pkill -x kube-apiserver`: the API server creates its own roles again when it starts'
const BUILT_IN: readonly Who[] = ['kube-scheduler', 'kube-controller-manager']

const rightsMissing: ClusterRule = {
  name: 'rights-missing',
  follows: ['etcd-refuses', 'api-not-ready'],
  judge: view => {
    const byWho = Map.groupBy(view.snapshot.lackingRights ?? [], ({who}) => who)
    return [...byWho].flatMap(([who, rights]) => (isMissed(who, view) ? [told(who, rights, view)] : []))
  },
}

function told(who: Who, rights: readonly LackingRight[], {expected}: ClusterView): Judgement {
  const repair = `${expected.repair.cluster} creates its binding again`
  return {
    cause: `${who} cannot ${names(rights.map(({what}) => what))}: ${LOSSES[who]}`,
    certainty: 'certain',
    proof: rights.slice(0, 3).map(({user, what}) => `checked just now: user "${user}" cannot ${what}`),
    fix: BUILT_IN.includes(who) ? API_RESTART : `${repair}; if that does not help, ${API_RESTART}`,
  }
}

/** A proxy, DNS or network of another tool has its own account; a cluster without joins by token does not need its rights. */
function isMissed(who: Who, view: ClusterView): boolean {
  const {configMaps, systemPods, readyz} = view.snapshot
  if (readyz !== undefined && readyz.status !== 200) return false
  const key = WORKLOADS[who]
  if (key !== undefined) return view.snapshot.accounts?.[key] !== 'absent' && workloadOf(key, view) !== undefined
  if (who === 'kube-scheduler' || who === 'kube-controller-manager')
    return (systemPods ?? []).some(pod => nameOf(pod).startsWith(`${who}-`))
  return [configMaps.kubeadm, configMaps.info].every(one => one !== undefined && one !== 'absent')
}

/** The workload that uses the account, once it is older than what is made together with it. */
function workloadOf(key: AccountKey, {snapshot, otherNetwork}: ClusterView): ApiObject | undefined {
  const {namespace, name, workload} = ACCOUNTS[key]
  if (key === 'proxy' && otherNetwork !== undefined) return undefined
  return [...(snapshot.daemonSets ?? []), ...(snapshot.deployments ?? [])].find(
    one =>
      placeOf(one) === `${namespace}/${workload}` &&
      textAt(one, 'spec', 'template', 'spec', 'serviceAccountName') === name &&
      ageOf(one, snapshot.now) > FRESH_MS,
  )
}

/** Pods that run have a token, which the API refuses from then on; new ones are not made. */
const accountMissing: ClusterRule = {
  name: 'account-missing',
  judge: view =>
    (['proxy', 'dns', 'flannel'] as const)
      .filter(key => view.snapshot.accounts?.[key] === 'absent')
      .flatMap((key): readonly Judgement[] => {
        const workload = workloadOf(key, view)
        const {namespace, name} = ACCOUNTS[key]
        if (workload === undefined) return []
        return [
          {
            cause: `ServiceAccount ${namespace}/${name} does not exist: the API refuses ${nameOf(workload)}, and its new pods are not created`,
            certainty: 'certain',
            proof: [`ServiceAccount ${namespace}/${name}: not found`, `${placeOf(workload)} uses it`],
            fix: `${view.expected.repair.cluster} creates it again; recreate its pods, so that they get a new token: \`kubectl -n ${namespace} delete pod -l k8s-app=${ACCOUNTS[key].label}\``,
          },
        ]
      }),
}

export const RIGHTS_RULES: readonly ClusterRule[] = [accountMissing, rightsMissing]
