import {readFile} from 'node:fs/promises'
import type {TemplateName, Templates} from '../manifests/templates.ts'

const NAMES = [
  'kubelet.service',
  '10-kubeadm.conf',
  'containerd.service',
  'containerd-v2.toml',
  'containerd-v3.toml',
  'pod-network.conflist',
  'modules.conf',
  'sysctl.conf',
  'nat.nft',
  'kadm-nat.service',
  'kadm-firewall.sh',
  'kadm-firewall.service',
] as const satisfies readonly TemplateName[]

/** The texts with holes that come with kadm, from the folder `templates` beside `src` or `dist`. */
export async function readTemplates(): Promise<Templates> {
  const folder = new URL('../../templates/', import.meta.url)
  const [kubelet, dropIn, containerd, v2, v3, conflist, modules, sysctl, nat, natUnit, firewall, firewallUnit] =
    await Promise.all(NAMES.map(name => readFile(new URL(name, folder), 'utf8')))
  const text = (value: string | undefined): string => value ?? ''
  return {
    'kubelet.service': text(kubelet),
    '10-kubeadm.conf': text(dropIn),
    'containerd.service': text(containerd),
    'containerd-v2.toml': text(v2),
    'containerd-v3.toml': text(v3),
    'pod-network.conflist': text(conflist),
    'modules.conf': text(modules),
    'sysctl.conf': text(sysctl),
    'nat.nft': text(nat),
    'kadm-nat.service': text(natUnit),
    'kadm-firewall.sh': text(firewall),
    'kadm-firewall.service': text(firewallUnit),
  }
}
