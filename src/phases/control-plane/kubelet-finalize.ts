import {KUBELET_CLIENT_PEM, KUBELET_CONF} from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {cleanup} from '../../resources/steps/cleanup.ts'
import {wait} from '../../resources/steps/wait.ts'
import type {Phase} from '../phase.ts'

/**
 * Like kubeadm's kubelet-finalize: replaces an inline certificate with the file that the kubelet renews. Kubeconfigs that kadm writes now
 * name the file from the start; those of kubeadm, of an earlier kadm and of another signer do not.
 */
export const kubeletFinalizePhase: Phase = {
  name: 'kubelet-finalize',
  title: 'Let the kubelet renew its certificate',
  why: 'the kubeconfig then refers to the certificate that the kubelet renews, instead of one that expires',
  where: 'initial-control-plane',
  resources: () => [
    wait({
      name: 'kubelet-client-current.pem',
      title: 'the kubelet to take over its certificate',
      why: 'the kubelet copies the certificate to the folder in which it renews it',
      check: sh`[ -s ${KUBELET_CLIENT_PEM} ]`,
      deadlineMs: 60_000,
      intervalMs: 250,
      evidence: sh`journalctl -u kubelet -n 15 --no-pager -o cat`,
    }),
    cleanup({
      name: 'kubelet-inline-certificate',
      why: 'the kubelet does not renew a certificate inside the file',
      remains: sh`[ -s ${KUBELET_CLIENT_PEM} ] || exit 0
! grep -q client-certificate-data: ${KUBELET_CONF} || echo 'an inline certificate'`,
      clear: sh`umask 077
sed -e 's|client-certificate-data:.*|client-certificate: ${KUBELET_CLIENT_PEM}|' -e 's|client-key-data:.*|client-key: ${KUBELET_CLIENT_PEM}|' ${KUBELET_CONF} >${KUBELET_CONF}.new
sync ${KUBELET_CONF}.new
mv -f ${KUBELET_CONF}.new ${KUBELET_CONF}
systemctl restart kubelet`,
    }),
  ],
}
