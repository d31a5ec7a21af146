import type {Architecture} from '../../domain/architecture.ts'
import {images} from '../../domain/images.ts'
import {AGNHOST_IMAGE, AGNHOST_NEXT_IMAGE, flannelImage, HAPROXY_IMAGE} from '../../domain/releases.ts'
import type {KubernetesVersion} from '../../domain/version.ts'
import type {ImageDescription, Layer, LayerItem} from './image-archive.ts'

export interface ImageInputs {
  readonly architecture: Architecture
  /** The executable of that name. */
  readonly program: (name: string) => string
  /** The layer with iptables, nft and conntrack. */
  readonly base: string
  /** The layer with haproxy. */
  readonly haproxy: string
}

/** Every image a lab's cluster runs. The entry point is empty where kubeadm's manifests give the command. */
export function imageDescriptions(version: KubernetesVersion, inputs: ImageInputs): readonly ImageDescription[] {
  const set = images(version)
  const base: Layer = {tar: inputs.base}
  const file = (path: string, name: string): LayerItem => ({kind: 'file', path, source: inputs.program(name)})
  const image = (refs: readonly string[], layers: readonly Layer[], run: Partial<Run> = {}): ImageDescription => ({
    refs,
    architecture: inputs.architecture,
    entrypoint: run.entrypoint ?? [],
    command: run.command ?? [],
    layers,
  })
  const command = (ref: string, name: string, below: readonly Layer[] = []): ImageDescription =>
    image([ref], [...below, {items: [file(`usr/local/bin/${name}`, name)]}])
  return [
    image([set.pause], [{items: [file('pause', 'pause')]}], {entrypoint: ['/pause']}),
    command(set.proxy, 'kube-proxy', [base]),
    image([flannelImage()], [base, {items: [file('opt/bin/flanneld', 'flanneld')]}], {
      entrypoint: ['/opt/bin/flanneld'],
    }),
    image([set.coredns], [{items: [file('coredns', 'coredns')]}], {entrypoint: ['/coredns']}),
    image([AGNHOST_IMAGE, AGNHOST_NEXT_IMAGE], [base, {items: agnhostFiles(file('agnhost', 'agnhost'))}], {
      entrypoint: ['/agnhost'],
      command: ['pause'],
    }),
    command(set.apiserver, 'kube-apiserver'),
    command(set.controllerManager, 'kube-controller-manager'),
    command(set.scheduler, 'kube-scheduler'),
    image([set.etcd], [{items: ['etcd', 'etcdutl'].map(name => file(`usr/local/bin/${name}`, name))}]),
    image([HAPROXY_IMAGE], [{tar: inputs.haproxy}]),
  ]
}

interface Run {
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
}

/** As its Dockerfile has it: a second name for itself, and a place for uploads. */
const agnhostFiles = (program: LayerItem): readonly LayerItem[] => [
  program,
  {kind: 'symlink', path: 'agnhost-2', target: 'agnhost'},
  {kind: 'directory', path: 'uploads', mode: 0o777},
]
