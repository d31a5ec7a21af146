import {Flags} from '@oclif/core'

const helpGroup = 'CLUSTER'

/** The cluster's own file, by one name everywhere. */
export const fileFlag = Flags.string({
  char: 'f',
  aliases: ['config'],
  helpValue: 'FILE',
  summary: 'cluster file (kadm.yaml, with kubeadm documents if wanted)',
  env: 'KADM_FILE',
})

const swapFlag = (byDefault: string) =>
  Flags.option({
    options: ['off', 'keep'] as const,
    summary: `turn swap off for good, or keep it and let the kubelet give pods a limited share; ${byDefault}`,
    helpGroup,
  })()

export const joinSwapFlag = swapFlag('without it as the nodes of the cluster do, or as the file says')

/** kubeadm's words for what a cluster is, for use without a file. */
export const clusterFlags = {
  'kubernetes-version': Flags.string({helpValue: 'vX.Y.Z', summary: 'Kubernetes release to install', helpGroup}),
  'control-plane-endpoint': Flags.string({
    helpValue: 'HOST[:PORT]',
    summary: 'stable address of the API for clients',
    helpGroup,
  }),
  'apiserver-advertise-address': Flags.string({helpValue: 'IP', summary: "the control plane's own address", helpGroup}),
  'apiserver-bind-port': Flags.integer({
    helpValue: 'PORT',
    min: 1,
    max: 65_535,
    summary: 'port of the API server',
    helpGroup,
  }),
  'apiserver-cert-extra-sans': Flags.string({
    helpValue: 'NAME',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    summary: "more names and addresses for the API server's certificate",
    helpGroup,
  }),
  'pod-network-cidr': Flags.string({helpValue: 'CIDR', summary: 'address range of the pods', helpGroup}),
  'service-cidr': Flags.string({helpValue: 'CIDR', summary: 'address range of the services', helpGroup}),
  'service-dns-domain': Flags.string({helpValue: 'NAME', summary: 'domain of the services', helpGroup}),
  'image-repository': Flags.string({helpValue: 'NAME', summary: 'registry of the control-plane images', helpGroup}),
  'pod-network': Flags.string({helpValue: 'flannel|none|FILE', summary: 'pod network to install', helpGroup}),
  'node-name': Flags.string({helpValue: 'NAME', summary: 'hostname and node name (one host only)', helpGroup}),
  'host-key': Flags.string({
    helpValue: 'SHA256:…',
    summary: "the machine's host key, as ssh-keygen -lf prints it (one host only)",
    helpGroup,
  }),
  swap: swapFlag('off by default'),
}

/** Where binaries and images come from. */
export const sourceFlags = {
  bundle: Flags.string({
    helpValue: 'FOLDER',
    summary: 'take binaries and images from this bundle and from nowhere else',
    env: 'KADM_BUNDLE',
    helpGroup: 'SOURCE',
  }),
}
