import {readFile} from 'node:fs/promises'
import type {TemplateName, Templates} from '../../manifests/templates.ts'

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
} as const satisfies Record<TemplateName, true>

/** The templates that come with kadm, from the folder `templates` beside `src` or `dist`. */
export async function readTemplates(): Promise<Templates> {
  const folder = new URL('../../../templates/', import.meta.url)
  const read = await Promise.all(
    Object.keys(FILES).map(async name => [name, await readFile(new URL(name, folder), 'utf8')] as const),
  )
  // One text for each name in FILES, which lists every template.
  return Object.fromEntries(read) as Templates
}
