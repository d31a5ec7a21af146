import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {TemplateName, Templates} from './manifests/templates.ts'

/** Reads the folder templates/ of the package; called once where a command begins. */
export function readTemplates(): Templates {
  const folder = join(import.meta.dirname, '..', 'templates')
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  return {
    'kubelet.service': read('kubelet.service'),
    '10-kubeadm.conf': read('10-kubeadm.conf'),
    'containerd.service': read('containerd.service'),
    'containerd-v2.toml': read('containerd-v2.toml'),
    'containerd-v3.toml': read('containerd-v3.toml'),
    'pod-network.conflist': read('pod-network.conflist'),
    'modules.conf': read('modules.conf'),
    'sysctl.conf': read('sysctl.conf'),
  } satisfies Record<TemplateName, string>
}
