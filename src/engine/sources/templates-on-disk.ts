import type {TemplateName, Templates} from '../../manifests/templates.ts'
import {ownFile} from '../../remote/local/own-files.ts'

const FILES = {
  'kubelet.service': true,
  '10-kubeadm.conf': true,
  'containerd.service': true,
  'containerd-v2.toml': true,
  'containerd-v3.toml': true,
  'pod-network.conflist': true,
  'modules.conf': true,
  'sysctl.conf': true,
  'nat.nft': true,
  'kadm-nat.service': true,
  'kadm-firewall.sh': true,
  'kadm-firewall.service': true,
  'haproxy.cfg': true,
  'keepalived.conf': true,
  'keepalived-check.sh': true,
} as const satisfies Record<TemplateName, true>

/** The templates that come with kadm. */
export const readTemplates = (): Templates =>
  // One text for each name in FILES, which lists every template.
  Object.fromEntries(Object.keys(FILES).map(name => [name, ownFile(`templates/${name}`)] as const)) as Templates
