import {ADMIN, type Broken} from './broken.ts'

const applied = (yaml: string, seconds: number): string =>
  `${ADMIN}; kubectl apply -f - <<'END'\n${yaml}\nEND\nsleep ${String(seconds)}`

const WEBHOOK = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: guard}
webhooks:
- name: guard.policy.example.com
  failurePolicy: Fail
  sideEffects: None
  admissionReviewVersions: [v1]
  clientConfig: {service: {namespace: policy, name: policy-guard}}
  rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]`

const API_SERVICE = `apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.example.com}
spec:
  group: metrics.example.com
  version: v1beta1
  groupPriorityMinimum: 100
  versionPriority: 100
  insecureSkipTLSVerify: true
  service: {namespace: kube-system, name: gone}`

const changedMap = (map: string, expression: string, pods: string, seconds: number): string =>
  `${ADMIN}; kubectl -n kube-system get configmap ${map} -o yaml | sed '${expression}' | kubectl apply -f -; kubectl -n kube-system delete pod -l k8s-app=${pods}; sleep ${String(seconds)}`

/** Faults that the API shows. */
export const CLUSTER: readonly Broken[] = [
  {name: 'corefile', place: 'cluster', isShownByPods: true, how: changedMap('coredns', 's/forward /forwrad /', 'kube-dns', 20)},
  {
    name: 'dns-upstream',
    place: 'cluster',
    isShownByPods: true,
    how: changedMap('coredns', 's/forward \\. .*resolv.conf/forward . 192.0.2.53/', 'kube-dns', 5),
    everything: true,
  },
  {
    name: 'proxy-config',
    place: 'cluster',
    isShownByPods: true,
    how: changedMap('kube-proxy', 's/mode: .*/mode: ipvs2/', 'kube-proxy', 15),
    everything: true,
  },
  {name: 'webhook-down', place: 'cluster', how: applied(WEBHOOK, 32)},
  {name: 'api-service-down', place: 'cluster', how: applied(API_SERVICE, 40)},
  {name: 'node-cordoned', place: 'cluster', how: `${ADMIN}; kubectl cordon worker-1`},
  {name: 'taint-differs', place: 'cluster', how: `${ADMIN}; kubectl taint nodes worker-1 gpu=no:NoExecute; sleep 2`},
  {
    name: 'dns-scaled-to-0',
    place: 'cluster',
    how: `${ADMIN}; kubectl -n kube-system scale deployment coredns --replicas=0; sleep 3`,
  },
  {name: 'dns-service', place: 'cluster', how: `${ADMIN}; kubectl -n kube-system delete service kube-dns; sleep 3`},
  {
    name: 'daemonset-narrow',
    place: 'cluster',
    how: `${ADMIN}; kubectl -n kube-system patch daemonset kube-proxy -p '{"spec":{"template":{"spec":{"nodeSelector":{"disk":"ssd"}}}}}'; kubectl -n kube-system wait --for=delete pod -l k8s-app=kube-proxy --timeout=60s; sleep 3`,
  },
  {name: 'config-missing', place: 'cluster', how: `${ADMIN}; kubectl -n kube-system delete configmap kubelet-config`},
  {
    name: 'rights-missing',
    place: 'cluster',
    how: `${ADMIN}; kubectl delete clusterrolebinding kubeadm:node-proxier`,
  },
  {name: 'rights-missing', place: 'cluster', how: `${ADMIN}; kubectl delete clusterrole flannel`},
  {
    name: 'account-missing',
    place: 'cluster',
    how: `${ADMIN}; kubectl -n kube-system delete serviceaccount kube-proxy`,
    everything: true,
  },
  {
    name: 'workload-missing',
    place: 'cluster',
    how: `${ADMIN}; kubectl -n kube-flannel delete daemonset kube-flannel-ds; sleep 3`,
  },
  {
    name: 'workload-missing',
    place: 'cluster',
    how: `${ADMIN}; kubectl -n kube-system delete daemonset/kube-proxy configmap/kube-proxy serviceaccount/kube-proxy`,
  },
  {
    name: 'workload-missing',
    place: 'cluster',
    how: `${ADMIN}; kubectl -n kube-system delete deployment/coredns configmap/coredns service/kube-dns serviceaccount/coredns`,
  },
  {
    name: 'image-pull',
    place: 'worker-1',
    how: `${ADMIN}; kubectl run nothere --image=registry.example.invalid/nothere:1; sleep 15`,
    brokenOn: 'master',
    byHand: `${ADMIN}; kubectl delete pod nothere --wait=false`,
  },
]
