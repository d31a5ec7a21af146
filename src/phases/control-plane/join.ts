import {certificateNames, isAuthority} from '../../domain/certificates.ts'
import {JOINED_KUBECONFIGS} from '../../domain/kubeconfig-specs.ts'
import {externalEtcdFiles} from '../../domain/shared-certs.ts'
import {stepMs} from '../../domain/cluster.ts'
import {localServer} from '../../domain/endpoint.ts'
import {etcdPeerUrl} from '../../manifests/etcd.ts'
import {etcdVoter} from '../../resources/cluster/etcd-voter.ts'
import {sharedFile} from '../../resources/pki/shared-file.ts'
import {serviceAccountKey} from '../../resources/pki/service-account-key.ts'
import type {Phase} from '../phase.ts'
import {kubeletServer} from '../shared/kubelet-server.ts'
import {loadBalancerPhase, loadBalancerReadyPhase} from '../shared/load-balancer.ts'
import {virtualAddressMembersPhase, virtualAddressStartPhase} from '../shared/virtual-address.ts'
import {kubeconfigsOf} from './kubeconfigs.ts'
import {kubeletFinalizePhase} from './kubelet-finalize.ts'
import {kubeletAtWork} from './kubelet-start.ts'
import {markControlPlanePhase} from './mark-control-plane.ts'
import {certificateOf, copiedAuthority, ownFolders, ownPlace} from './pki.ts'
import {controlPlaneManifests, etcdOn, staticPodsInForce, withoutOwnEtcd} from './static-pods.ts'
import {userKubeconfigPhase} from './user-kubeconfig.ts'
import {controllersHealthyPhase, waitControlPlanePhase} from './wait-control-plane.ts'

const where = 'joining-control-plane'

/** kubeadm waits this long for a member (timeouts.etcdAPICall). */
const ETCD_MS = 120_000

/**
 * Makes a prepared host another control plane, as kubeadm join --control-plane does. The kubelet starts first,
 * because it starts etcd; the API server follows when etcd has all data.
 */
export const joinControlPlanePhase: Phase = {
  name: 'control-plane-join',
  title: 'Join the control plane',
  why: 'the cluster survives the loss of a machine only with several control planes',
  where,
  phases: [
    {...loadBalancerPhase, where},
    {
      name: 'certs',
      title: 'Certificates',
      why: 'all control planes share the CAs and the key of service accounts; everything else is their own',
      where,
      phases: [
        {
          name: 'shared',
          title: 'Copy the CAs from a control plane',
          why: 'another CA would make another cluster',
          where,
          needs: ['certs/ca'],
          resources: context => [
            ...ownFolders(context),
            ...certificateNames(context.cluster)
              .filter(isAuthority)
              .map(name => copiedAuthority(name, context)),
            serviceAccountKey(context.cluster.pki.algorithm, {...ownPlace(context.cluster), origin: 'copy'}),
            ...externalEtcdFiles(context.cluster).map(file =>
              sharedFile(file, 'the API server uses it to reach etcd, which runs outside the cluster'),
            ),
          ],
        },
        {
          name: 'leaves',
          title: 'Create the certificates',
          why: 'each server and client of the control plane gets its own certificate',
          where,
          resources: context =>
            certificateNames(context.cluster)
              .filter(name => !isAuthority(name))
              .map(name => certificateOf(name, context)),
        },
      ],
    },
    {
      name: 'kubeconfig',
      title: 'Create the kubeconfigs',
      why: 'each contains the address of the API server and a client certificate',
      where,
      resources: context => kubeconfigsOf(context, JOINED_KUBECONFIGS, context.runningServer),
    },
    {...virtualAddressMembersPhase, where},
    {
      name: 'kubelet-start',
      title: 'Start the kubelet',
      why: 'it registers the node, and starts etcd and the API server as soon as their manifests are there',
      where,
      resources: kubeletAtWork,
    },
    {...kubeletFinalizePhase, where},
    {
      name: 'etcd',
      title: 'Join etcd',
      // Not limited to one host at a time: a host that an interrupted run made a learner must go first, and only etcd knows which.
      why: 'the member gets its vote when it has all data; one at a time, so that etcd always has a quorum',
      where,
      needs: ['wait-control-plane'],
      when: context => withoutOwnEtcd(context) ?? true,
      resources: context => [
        ...etcdOn(context, 'join'),
        etcdVoter({
          node: context.node.name,
          peerUrl: etcdPeerUrl(context.node),
          deadlineMs: stepMs(context.cluster, context.node, 'etcdAPICall', ETCD_MS),
          why: 'the node keeps a copy of all data of the cluster',
        }),
      ],
    },
    {
      name: 'manifests',
      title: 'Write the manifests of the control plane',
      why: 'the kubelet runs API server, controller manager and scheduler from these files',
      where,
      resources: context => [...controlPlaneManifests(context), ...staticPodsInForce(context)],
    },
    {...waitControlPlanePhase, where},
    {
      name: 'kubelet-server',
      title: 'Let the kubelet use its own API server',
      why: 'a kubelet must not be newer than the API server that it uses, also while an upgrade goes from node to node',
      where,
      resources: ({cluster, node}) => [kubeletServer(localServer(cluster, node))],
    },
    {...loadBalancerReadyPhase, where},
    virtualAddressStartPhase,
    {...markControlPlanePhase, where},
    {...userKubeconfigPhase, where},
    {...controllersHealthyPhase, where},
  ],
}
