import {certPath} from '../../domain/certificates.ts'
import {stepMs} from '../../domain/cluster.ts'
import {pkiDir} from '../../domain/kubeadm-places.ts'
import {BOOTSTRAP_KUBELET_CONF, KUBELET_CLIENT_PEM, KUBELET_CONF} from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {caCertificate} from '../../resources/pki/ca-certificate.ts'
import {bootstrapKubeconfig} from '../../resources/pki/bootstrap-kubeconfig.ts'
import {cleanup} from '../../resources/steps/cleanup.ts'
import {nodeLabelsAndTaints} from '../../resources/cluster/node-labels-and-taints.ts'
import {tokenGone} from '../../resources/cluster/token-gone.ts'
import {wait} from '../../resources/steps/wait.ts'
import {kubeletAtWork} from '../control-plane/kubelet-start.ts'
import {endpointOf, type Phase} from '../phase.ts'
import {balancerListens, loadBalancerPhase} from '../shared/load-balancer.ts'
import {kubeletServer} from '../shared/kubelet-server.ts'
import {registered, registerMs} from '../cluster/ready.ts'

/** kubeadm's timeouts.tlsBootstrap. */
const USUAL_MS = 300_000
const joined = sh`[ -s ${KUBELET_CONF} ] && [ -s ${KUBELET_CLIENT_PEM} ]`

export const workerPhase: Phase = {
  name: 'worker',
  title: 'Join the cluster',
  why: 'the worker authenticates once with a token, then with its own certificate',
  where: 'worker',
  phases: [
    {...loadBalancerPhase, where: 'worker'},
    {
      name: 'kubelet-start',
      title: 'Register the kubelet',
      why: 'the kubelet creates its own key and requests a certificate from the cluster; kadm never sees that key',
      where: 'worker',
      needs: ['certs', 'bootstrap-token'],
      resources: context => [
        caCertificate(certPath('ca', pkiDir(context.cluster))),
        bootstrapKubeconfig({
          node: context.node.name,
          server: endpointOf(context),
          clusterName: context.cluster.name,
          caPath: certPath('ca', pkiDir(context.cluster)),
          at: context.now.toISOString(),
        }),
        kubeletServer(endpointOf(context)),
        ...kubeletAtWork(context),
        ...balancerListens(context),
        wait({
          name: 'kubelet.conf',
          title: 'the cluster to sign the certificate of the kubelet',
          why: 'the node needs it to join the cluster',
          check: sh`${joined} || { journalctl -u kubelet -n 1 --no-pager -o cat; exit 1; }`,
          deadlineMs: stepMs(context.cluster, context.node, 'tlsBootstrap', USUAL_MS),
          intervalMs: 250,
          evidence: sh`systemctl --no-pager -l status kubelet | head -n 5
journalctl -u kubelet -n 15 --no-pager -o cat`,
        }),
      ],
    },
    {
      name: 'token-gone',
      title: 'Remove the join token',
      why: 'the token is no longer needed and is deleted, on the node and in the cluster',
      where: 'worker',
      resources: ({node, isAdmin}) => [
        ...(isAdmin ? [tokenGone({node: node.name, why: 'a token is valid for one join only'})] : []),
        cleanup({
          name: 'bootstrap-token',
          why: 'the token is no longer needed and is deleted',
          remains: sh`[ ! -e ${BOOTSTRAP_KUBELET_CONF} ] || ! { ${joined}; } || echo ${BOOTSTRAP_KUBELET_CONF}`,
          clear: sh`rm -f -- ${BOOTSTRAP_KUBELET_CONF}`,
        }),
      ],
    },
    {
      name: 'marks',
      title: 'Label the node',
      why: 'labels and taints decide which pods run there',
      where: 'worker',
      when: ({isAdmin, node}) => {
        if (!isAdmin) return 'needs admin access, which a join with a token does not have'
        return Object.keys(node.host.labels).length === 0 ? 'the file sets no labels or taints' : true
      },
      resources: context => [
        registered(context, 'to be labelled'),
        nodeLabelsAndTaints({
          node: context.node.name,
          labels: context.node.host.labels,
          taints: [],
          deadlineMs: registerMs(context),
          why: 'as the file says',
        }),
      ],
    },
  ],
}
