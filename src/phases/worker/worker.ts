import {certPath} from '../../domain/certificates.ts'
import {startupMs} from '../../domain/cluster.ts'
import {BOOTSTRAP_KUBELET_CONF, KUBELET_CLIENT_PEM, KUBELET_CONF} from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {caCertificate} from '../../resources/pki/ca-certificate.ts'
import {bootstrapKubeconfig} from '../../resources/pki/bootstrap-kubeconfig.ts'
import {cleanup} from '../../resources/steps/cleanup.ts'
import {nodeLabelsAndTaints} from '../../resources/cluster/node-labels-and-taints.ts'
import {tokenGone} from '../../resources/cluster/token-gone.ts'
import {wait} from '../../resources/steps/wait.ts'
import {kubeletAtWork} from '../control-plane/kubelet-start.ts'
import type {Phase} from '../phase.ts'
import {registered, registerMs} from '../cluster/ready.ts'

/** kubeadm's timeouts.tlsBootstrap. */
const USUAL_MS = 300_000
const joined = sh`[ -s ${KUBELET_CONF} ] && [ -s ${KUBELET_CLIENT_PEM} ]`

export const workerPhase: Phase = {
  name: 'worker',
  title: 'Join the cluster',
  why: 'the worker proves itself with a token once, and with a certificate of its own from then on',
  where: 'worker',
  phases: [
    {
      name: 'kubelet-start',
      title: 'Introduce the kubelet to the cluster',
      why: 'the kubelet makes its own key and asks the cluster to sign it; kadm never sees that key',
      where: 'worker',
      needs: ['certs', 'bootstrap-token'],
      resources: context => [
        caCertificate(certPath('ca')),
        bootstrapKubeconfig({
          node: context.node.name,
          server: context.endpoint,
          clusterName: context.cluster.name,
          at: context.now.toISOString(),
        }),
        ...kubeletAtWork(context),
        wait({
          name: 'kubelet.conf',
          title: 'the cluster to sign the certificate of the kubelet',
          why: 'until then the node is not part of the cluster',
          check: sh`${joined} || { journalctl -u kubelet -n 1 --no-pager -o cat; exit 1; }`,
          deadlineMs: startupMs(context.cluster, USUAL_MS),
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
      why: 'labels and taints say what may run there',
      where: 'worker',
      when: ({isAdmin, node}) => {
        if (!isAdmin) return 'only an administrator may; labels are not set by a join with a token'
        return Object.keys(node.host.labels).length === 0 ? 'none are asked for' : true
      },
      resources: context => [
        registered(context, 'to be labelled'),
        nodeLabelsAndTaints({
          node: context.node.name,
          labels: context.node.host.labels,
          taints: [],
          deadlineMs: registerMs(context.cluster),
          why: 'as the file says',
        }),
      ],
    },
  ],
}
