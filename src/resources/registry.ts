import {absentNodesOperation} from './cluster/absent-nodes.ts'
import {adminBindingOperation} from './cluster/admin-binding.ts'
import {bootstrapTokenOperation} from './cluster/bootstrap-token.ts'
import {clusterInfoOperation} from './cluster/cluster-info.ts'
import {etcdLeftOperation} from './cluster/etcd-left.ts'
import {etcdVoterOperation} from './cluster/etcd-voter.ts'
import {endpointHealthyOperation} from './cluster/endpoint-healthy.ts'
import {kubeObjectOperation} from './cluster/kube-object.ts'
import {nodeLabelsAndTaintsOperation} from './cluster/node-labels-and-taints.ts'
import {nodePodsOperation} from './cluster/node-pods.ts'
import {nodeRegisteredOperation} from './cluster/node-registered.ts'
import {nodeRemovedOperation} from './cluster/node-removed.ts'
import {nodeReportsOperation} from './cluster/node-reports.ts'
import {podsInForceOperation} from './cluster/pods-in-force.ts'
import {readyOperation} from './cluster/ready.ts'
import {restoredPodOperation} from './cluster/restored-pod.ts'
import {tokenGoneOperation} from './cluster/token-gone.ts'
import {absentKind} from './files/absent.ts'
import {blockKind} from './files/block.ts'
import {derivedSecretKind} from './files/derived-secret.ts'
import {directoryKind} from './files/directory.ts'
import {fileKind} from './files/file.ts'
import {hostnameKind} from './host/hostname.ts'
import {hostsFileEntryKind} from './host/hosts-file-entry.ts'
import {containerImagesKind} from './images/container-images.ts'
import {pulledImagesKind} from './images/pulled-images.ts'
import {kernelModuleKind} from './kernel/kernel-module.ts'
import {sysctlKind} from './kernel/sysctl.ts'
import {hostNetworkKind} from './network/host-network.ts'
import {loadedRulesKind} from './network/loaded-rules.ts'
import {ufwRulesKind} from './network/ufw-rules.ts'
import {packageRepositoryKind} from './packages/package-repository.ts'
import {packagesKind} from './packages/packages.ts'
import {bootstrapKubeconfigKind} from './pki/bootstrap-kubeconfig.ts'
import {caCertificateKind} from './pki/ca-certificate.ts'
import {certificateKind} from './pki/certificate.ts'
import {kubeconfigKind} from './pki/kubeconfig.ts'
import {serviceAccountKeyKind} from './pki/service-account-key.ts'
import {sharedFileKind} from './pki/shared-file.ts'
import {userKubeconfigKind} from './pki/user-kubeconfig.ts'
import {binaryKind} from './programs/binary.ts'
import {releaseKind} from './programs/release.ts'
import {etcdManifestKind} from './static-pods/etcd-manifest.ts'
import {etcdRestoreKind} from './static-pods/etcd-restore.ts'
import {staticPodKind} from './static-pods/static-pod.ts'
import {baselineKind} from './steps/baseline.ts'
import {cleanupKind} from './steps/cleanup.ts'
import {waitKind} from './steps/wait.ts'
import {swapOffKind} from './swap/swap-off.ts'
import {unitKind} from './systemd/unit.ts'

/** All kinds of resources on one host. A new kind is a file in its folder, an import above and a line here. */
export const KINDS = {
  absent: absentKind,
  'ca-certificate': caCertificateKind,
  baseline: baselineKind,
  binary: binaryKind,
  block: blockKind,
  'bootstrap-kubeconfig': bootstrapKubeconfigKind,
  certificate: certificateKind,
  cleanup: cleanupKind,
  'container-images': containerImagesKind,
  'derived-secret': derivedSecretKind,
  directory: directoryKind,
  'etcd-manifest': etcdManifestKind,
  'etcd-restore': etcdRestoreKind,
  file: fileKind,
  'host-network': hostNetworkKind,
  hostname: hostnameKind,
  'kernel-module': kernelModuleKind,
  kubeconfig: kubeconfigKind,
  'loaded-rules': loadedRulesKind,
  'hosts-file-entry': hostsFileEntryKind,
  'package-repository': packageRepositoryKind,
  packages: packagesKind,
  'pulled-images': pulledImagesKind,
  release: releaseKind,
  'service-account-key': serviceAccountKeyKind,
  'shared-file': sharedFileKind,
  'static-pod': staticPodKind,
  'swap-off': swapOffKind,
  sysctl: sysctlKind,
  'ufw-rules': ufwRulesKind,
  unit: unitKind,
  'user-kubeconfig': userKubeconfigKind,
  wait: waitKind,
} as const

/** Operations, which shell on one host cannot do; add a new one in the same way. */
export const OPERATIONS = {
  'absent-nodes': absentNodesOperation,
  'admin-binding': adminBindingOperation,
  'bootstrap-token': bootstrapTokenOperation,
  'cluster-info': clusterInfoOperation,
  'etcd-left': etcdLeftOperation,
  'etcd-voter': etcdVoterOperation,
  'endpoint-healthy': endpointHealthyOperation,
  'kube-object': kubeObjectOperation,
  'node-labels-and-taints': nodeLabelsAndTaintsOperation,
  'node-pods': nodePodsOperation,
  'node-registered': nodeRegisteredOperation,
  'node-removed': nodeRemovedOperation,
  'node-reports': nodeReportsOperation,
  'pods-in-force': podsInForceOperation,
  ready: readyOperation,
  'restored-pod': restoredPodOperation,
  'token-gone': tokenGoneOperation,
} as const
