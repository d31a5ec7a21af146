import {createHash} from 'node:crypto'
import {componentVersions, NODE_TOOLS} from '../../domain/releases.ts'
import type {KubernetesVersion} from '../../domain/version.ts'

/** One executable to build. `seconds` is what it took on two cores with nothing cached; estimates begin with it. */
export interface GoProgram {
  readonly name: string
  readonly package: string
  readonly seconds: number
}

/** Programs of one project that share a go.mod; one go.mod for several projects fights over versions. */
export interface GoModule {
  readonly name: string
  readonly module: string
  readonly version: string
  readonly programs: readonly GoProgram[]
  /** Its go.mod points modules at local folders; ours has to point them at this released version. */
  readonly stagingVersion?: string
  readonly replace?: Readonly<Record<string, string>>
  readonly cgo?: boolean
  readonly tags?: string
  readonly linkerFlags: string
}

const STRIPPED = '-s -w'
const CONTAINERD = 'github.com/containerd/containerd/v2'
const PLUGINS = 'github.com/containernetworking/plugins'
const TENCENT = 'github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc'

/** Some etcd releases were never tagged for their modules: the nearest of the same minor stands in. */
const ETCD_MODULES: Readonly<Record<string, string>> = {'3.6.6-0': 'v3.6.8'}

const etcdModule = (tag: string): string => ETCD_MODULES[tag] ?? `v${tag.replace(/-\d+$/, '')}`

/** The oldest Go that compiles all of it (containerd's go.mod). */
export const OLDEST_GO = '1.26.6'

/** Everything that is compiled for a lab of this version, in the order in which it is built. */
export function recipe(version: KubernetesVersion): readonly GoModule[] {
  const {etcd, coredns} = componentVersions(version)
  return [
    nodeTools(),
    runc(),
    plugins(),
    flannel(),
    {
      name: 'etcd',
      module: 'go.etcd.io/etcd/server/v3',
      version: etcdModule(etcd),
      programs: [{name: 'etcd', package: 'go.etcd.io/etcd/server/v3', seconds: 40}],
      linkerFlags: STRIPPED,
    },
    {
      name: 'etcdutl',
      module: 'go.etcd.io/etcd/etcdutl/v3',
      version: etcdModule(etcd),
      programs: [{name: 'etcdutl', package: 'go.etcd.io/etcd/etcdutl/v3', seconds: 20}],
      linkerFlags: STRIPPED,
    },
    kubernetes(version),
    {
      name: 'coredns',
      module: 'github.com/coredns/coredns',
      version: coredns,
      programs: [{name: 'coredns', package: 'github.com/coredns/coredns', seconds: 138}],
      linkerFlags: STRIPPED,
    },
  ]
}

function kubernetes(version: KubernetesVersion): GoModule {
  const command = (name: string, seconds: number): GoProgram => ({
    name,
    package: `k8s.io/kubernetes/cmd/${name}`,
    seconds,
  })
  const stamp = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap(target =>
    Object.entries({
      gitVersion: version.text,
      gitMajor: String(version.major),
      gitMinor: String(version.minor),
      gitCommit: 'unknown',
      gitTreeState: 'clean',
      buildDate: '2026-01-01T00:00:00Z',
    }).map(([name, value]) => `-X ${target}.${name}=${value}`),
  )
  return {
    name: 'kubernetes',
    module: 'k8s.io/kubernetes',
    version: version.text,
    stagingVersion: `v0.${String(version.minor)}.${String(version.patch)}`,
    programs: [
      command('kubelet', 120),
      command('kube-apiserver', 240),
      command('kube-controller-manager', 125),
      command('kube-scheduler', 13),
      command('kube-proxy', 21),
      command('kubectl', 37),
      command('kubeadm', 8),
      {name: 'agnhost', package: 'k8s.io/kubernetes/test/images/agnhost', seconds: 8},
    ],
    linkerFlags: [STRIPPED, ...stamp].join(' '),
  }
}

const nodeTools = (): GoModule => ({
  name: 'containerd',
  module: CONTAINERD,
  version: NODE_TOOLS.containerd,
  programs: [
    {name: 'containerd', package: `${CONTAINERD}/cmd/containerd`, seconds: 58},
    {name: 'containerd-shim-runc-v2', package: `${CONTAINERD}/cmd/containerd-shim-runc-v2`, seconds: 2},
    {name: 'ctr', package: `${CONTAINERD}/cmd/ctr`, seconds: 4},
  ],
  linkerFlags: `${STRIPPED} -X ${CONTAINERD}/version.Version=${NODE_TOOLS.containerd}`,
})

/** Without the seccomp tag every pod fails: 'seccomp: config provided but seccomp not supported'. */
const runc = (): GoModule => ({
  name: 'runc',
  module: 'github.com/opencontainers/runc',
  version: NODE_TOOLS.runc,
  programs: [{name: 'runc', package: 'github.com/opencontainers/runc', seconds: 8}],
  cgo: true,
  tags: 'seccomp netgo osusergo',
  linkerFlags: `${STRIPPED} -extldflags -static`,
})

function plugins(): GoModule {
  const plugin = (path: string): GoProgram => ({
    name: `cni-${path.split('/').at(-1) ?? path}`,
    package: `${PLUGINS}/plugins/${path}`,
    seconds: 1,
  })
  const paths = ['main/bridge', 'main/loopback', 'ipam/host-local', 'meta/portmap', 'meta/firewall', 'meta/bandwidth']
  return {
    name: 'cni-plugins',
    module: PLUGINS,
    version: NODE_TOOLS.cniPlugins,
    programs: [...paths, 'meta/tuning'].map(plugin),
    linkerFlags: `${STRIPPED} -X ${PLUGINS}/pkg/utils/buildversion.BuildVersion=${NODE_TOOLS.cniPlugins}`,
  }
}

/** One of its cloud SDKs is not available at the version it pins; an older one compiles, and nobody runs that backend here. */
const flannel = (): GoModule => ({
  name: 'flannel',
  module: 'github.com/flannel-io/flannel',
  version: NODE_TOOLS.flannel,
  programs: [{name: 'flanneld', package: 'github.com/flannel-io/flannel', seconds: 30}],
  replace: {[TENCENT]: `${TENCENT}@v1.0.1000`},
  cgo: true,
  tags: 'netgo osusergo',
  linkerFlags: `${STRIPPED} -X github.com/flannel-io/flannel/pkg/version.Version=${NODE_TOOLS.flannel} -linkmode external -extldflags -static`,
})

/** A short name for exactly these inputs: another input is another name. */
export const fingerprint = (...inputs: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 12)

/** The folder a program's build result has in the cache. */
export function programKey(module: GoModule, program: GoProgram, architecture: string): string {
  const inputs = {...module, programs: undefined}
  return `${program.name}-${module.version}-${architecture}-${fingerprint(inputs, program.package)}`
}
