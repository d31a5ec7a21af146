import {KUBELET_CONFIG} from '../../domain/paths.ts'
import type {Rule} from '../diagnosis.ts'
import {find, proofOf} from '../log.ts'
import {AGAIN, group} from '../rule.ts'

const EDIT = '`sudo kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system edit configmap coredns`'
/** What CoreDNS asks at its own start, to find loops, tells nothing of anybody's need. */
const UNANSWERED =
  /plugin\/errors: \d+ (\S+) (?!HINFO)[A-Z]+: (?:(?:read|write) udp \S+->|dial (?:udp|tcp) )(\S+?): (i\/o timeout|.*connection refused|.*no route to host|.*network is unreachable)/

/** A cluster without a way to the world has no name server that answers, and needs none until a program asks for an outside name. */
const upstream: Rule = {
  name: 'dns-upstream',
  follows: ['ip-forward', 'bridge-down', 'dns-loop', 'corefile', 'clock'],
  judge: evidence => {
    const {dnsForwards, network} = evidence
    const isDead = dnsForwards.length > 0 && dnsForwards.every(({answered}) => answered === false)
    const hits = dnsForwards.some(({answered}) => answered === true) ? [] : find(evidence, ['coredns'], UNANSWERED)
    const [newest] = hits
    if (!isDead && newest === undefined) return undefined
    const server = isDead
      ? dnsForwards.map(({address}) => address).join(', ')
      : newest === undefined
        ? ''
        : group(newest, 2)
    return {
      cause: `CoreDNS gets no answer from ${server}, to which it forwards external names, so pods cannot resolve them`,
      certainty: isDead ? 'certain' : 'likely',
      ...(isDead ? {} : {isOutside: true}),
      proof: [
        ...dnsForwards
          .slice(0, 2)
          .map(({address}) => `checked just now: ${address} does not answer (configured in the Corefile)`),
        ...proofOf(hits, 1),
        ...(isDead ? [] : [`name servers given to pods: ${network.podNameservers.join(', ') || 'none'}`]),
      ],
      fix: isDead
        ? `${AGAIN}: it writes a Corefile that forwards names to the name servers of the machine; recreate the pods to use it at once: \`kubectl -n kube-system delete pod -l k8s-app=kube-dns\`; to use other servers: ${EDIT}`
        : 'configure a name server that answers on this machine (`resolvectl status`, /etc/resolv.conf), then `sudo systemctl restart kubelet` and `sudo kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system delete pod -l k8s-app=kube-dns`',
    }
  },
}

/** Pods keep the name server that they got at their start. */
const ofKubelet: Rule = {
  name: 'cluster-dns',
  judge: ({silentDns}) => {
    if (silentDns === undefined || silentDns.address === silentDns.service) return undefined
    const {address, service} = silentDns
    return {
      cause: `the kubelet gives pods the name server ${address}, which does not answer; the cluster's is ${service}`,
      certainty: 'certain',
      proof: [
        `clusterDNS in ${KUBELET_CONFIG}: ${address}; asked just now: no answer`,
        `Service kube-system/kube-dns has the address ${service}`,
      ],
      fix: `${AGAIN}: it writes the address and restarts the kubelet; then delete the pods of this node that were started meanwhile`,
    }
  },
}

/** Why names do not resolve though CoreDNS runs. */
export const DNS_RULES: readonly Rule[] = [ofKubelet, upstream]
