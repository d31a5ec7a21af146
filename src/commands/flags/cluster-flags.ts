import {Flags} from '@oclif/core'

const helpGroup = 'CLUSTER'

/** The cluster file; the flag has the same name in all commands. */
export const fileFlag = Flags.string({
  char: 'f',
  aliases: ['config'],
  helpValue: 'FILE',
  summary: 'cluster file (kadm.yaml; may contain kubeadm documents)',
  env: 'KADM_FILE',
})

const swapFlag = (byDefault: string) =>
  Flags.option({
    options: ['off', 'keep'] as const,
    summary: `turn swap off permanently, or keep it and let the kubelet give pods a limited share; ${byDefault}`,
    helpGroup,
  })()

export const joinSwapFlag = swapFlag('by default as on the other nodes, or as in the file')

/** kubeadm's flags for a cluster, for use without a file. */
export const clusterFlags = {
  'kubernetes-version': Flags.string({helpValue: 'vX.Y.Z', summary: 'Kubernetes release to install', helpGroup}),
  'control-plane-endpoint': Flags.string({
    helpValue: 'HOST[:PORT]',
    summary: 'stable address at which clients reach the API',
    helpGroup,
  }),
  'apiserver-advertise-address': Flags.string({
    helpValue: 'IP',
    summary: 'address of the control plane itself',
    helpGroup,
  }),
  'apiserver-bind-port': Flags.integer({
    helpValue: 'PORT',
    min: 1,
    max: 65_535,
    summary: 'port on which the API server listens',
    helpGroup,
  }),
  'apiserver-cert-extra-sans': Flags.string({
    helpValue: 'NAME',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    summary: 'additional names and addresses for the API server certificate',
    helpGroup,
  }),
  'pod-network-cidr': Flags.string({helpValue: 'CIDR', summary: 'IP address range for pods', helpGroup}),
  'service-cidr': Flags.string({helpValue: 'CIDR', summary: 'IP address range for services', helpGroup}),
  'service-dns-domain': Flags.string({helpValue: 'NAME', summary: 'DNS domain for services', helpGroup}),
  'image-repository': Flags.string({helpValue: 'NAME', summary: 'registry for the control plane images', helpGroup}),
  'pod-network': Flags.string({helpValue: 'flannel|none|FILE', summary: 'pod network to install', helpGroup}),
  'node-name': Flags.string({helpValue: 'NAME', summary: 'hostname and node name (one host only)', helpGroup}),
  'host-key': Flags.string({
    helpValue: 'SHA256:…',
    summary: 'expected SSH host key, as ssh-keygen -lf prints it (one host only)',
    helpGroup,
  }),
  swap: swapFlag('off by default'),
}

/** The key of Secret kubeadm-certs. A value in the environment stays out of the list of processes. */
export const certificateKeyFlag = (summary: string) => ({
  'certificate-key': Flags.string({helpValue: 'KEY', summary, env: 'KADM_CERTIFICATE_KEY'}),
})

/** kubeadm's folder of patches. */
export const patchesFlag = {
  patches: Flags.string({
    helpValue: 'FOLDER',
    summary: 'folder of patches on this machine, named as kubeadm names them: kube-apiserver+merge.yaml',
    helpGroup,
  }),
}

/** Where binaries and images come from. */
export const sourceFlags = {
  bundle: Flags.string({
    helpValue: 'FOLDER',
    summary: 'take all binaries and images from this bundle',
    env: 'KADM_BUNDLE',
    helpGroup: 'SOURCE',
  }),
}
