import {spawnSync} from 'node:child_process'
import {chmod, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {createServer, type ServerResponse} from 'node:http'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {gunzipSync} from 'node:zlib'
import {readBundle} from '../../src/bundle/read-bundle.ts'
import {BINARIES, type BinaryName} from '../../src/domain/bundle.ts'
import {releaseArchives, type ReleaseArchives} from './release-archives.ts'
import {smallRegistry, type SmallRegistry} from './small-registry.ts'

/** A package that is made here: its files are of the bundle (by name) or text. */
interface Deb {
  readonly name: string
  readonly version: string
  readonly depends?: string
  readonly files: Readonly<Record<string, {readonly binary: BinaryName} | {readonly text: string}>>
}

/** Servers for one lab: Kubernetes' packages, signed, the distribution's, and a registry of images. */
export interface PackageMirror {
  readonly origin: string
  readonly kubernetes: string
  readonly distribution: string
  /** `host:port` of the registry. */
  readonly registry: string
  readonly images: SmallRegistry
  /** Release archives below `/github`. */
  readonly archives: ReleaseArchives
  readonly keyFile: string
  readonly fingerprint: string
  /** A key that signs nothing. */
  readonly otherKeyFile: string
  readonly otherFingerprint: string
  /** Every path that was asked for, in order. */
  readonly asked: readonly string[]
  readonly close: () => Promise<void>
}

const unit = (program: string): string =>
  `[Unit]\nDescription=${program}\n[Service]\nExecStart=${program}\nRestart=always\nRestartSec=10\nKillMode=process\nDelegate=yes\n[Install]\nWantedBy=multi-user.target\n`

const DROP_IN = `[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS
`

/** Laid out as the community's and Debian's own packages are. */
const kubernetesDebs = (version: string): readonly Deb[] => [
  {
    name: 'kubelet',
    version,
    depends: 'kubernetes-cni (>= 1.2.0)',
    files: {
      '/usr/bin/kubelet': {binary: 'kubelet'},
      '/usr/lib/systemd/system/kubelet.service': {text: unit('/usr/bin/kubelet')},
    },
  },
  {name: 'kubectl', version, files: {'/usr/bin/kubectl': {binary: 'kubectl'}}},
  {
    name: 'kubeadm',
    version,
    files: {
      '/usr/bin/kubeadm': {binary: 'kubeadm'},
      '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf': {text: DROP_IN},
    },
  },
  {
    name: 'kubernetes-cni',
    version: '1.8.0-1.1',
    files: Object.fromEntries(
      (['cni-bridge', 'cni-loopback', 'cni-host-local', 'cni-portmap', 'cni-firewall'] as const).map(name => [
        BINARIES[name].path,
        {binary: name},
      ]),
    ),
  },
]

/** A release that nobody asked for; what is in it does not matter. */
const newerDebs = (version: string): readonly Deb[] =>
  ['kubelet', 'kubectl', 'kubeadm'].map(name => ({name, version, files: {[`/usr/bin/${name}`]: {text: 'newer\n'}}}))

const DISTRIBUTION: readonly Deb[] = [
  {
    name: 'containerd',
    version: '1.7.24~ds1-1',
    depends: 'runc',
    files: {
      '/usr/bin/containerd': {binary: 'containerd'},
      '/usr/bin/containerd-shim-runc-v2': {binary: 'containerd-shim-runc-v2'},
      '/usr/bin/ctr': {binary: 'ctr'},
      '/usr/lib/systemd/system/containerd.service': {text: unit('/usr/bin/containerd')},
    },
  },
  {name: 'runc', version: '1.1.15-1', files: {'/usr/sbin/runc': {binary: 'runc'}}},
]

export async function packageMirror(bundleDir: string, address: string, release: string): Promise<PackageMirror> {
  const home = await mkdtemp(join(tmpdir(), 'kadm-mirror-'))
  const [own, other] = [await makeKey(home, 'mirror'), await makeKey(home, 'other')]
  await makeDebs(join(home, 'kubernetes'), bundleDir, [
    ...kubernetesDebs(`${release}-1.1`),
    ...newerDebs(`${nextPatch(release)}-1.1`),
  ])
  await makeDebs(join(home, 'debian'), bundleDir, DISTRIBUTION)
  index(join(home, 'kubernetes'))
  sign(join(home, 'kubernetes'), own)
  index(join(home, 'debian'))
  // gpg leaves a process of its own behind for each home.
  for (const key of [own, other]) run('gpgconf', ['--homedir', key.home, '--kill', 'gpg-agent'])
  const {bundle} = await readBundle(bundleDir)
  const registry = smallRegistry(bundle.architecture)
  const archives = await releaseArchives(bundleDir)
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    if (path.startsWith('/v2/')) registry.answer(path, response)
    else if (path.startsWith('/github/')) archives.answer(request, response)
    else void serve(join(home, decodeURIComponent(path)), response)
  })
  await new Promise<void>(resolve => server.listen(0, address, resolve))
  const place = server.address()
  const host = `${address}:${typeof place === 'object' && place !== null ? String(place.port) : ''}`
  return {
    origin: `http://${host}`,
    kubernetes: `http://${host}/kubernetes/`,
    distribution: `http://${host}/debian/`,
    registry: host,
    images: registry,
    archives,
    keyFile: own.file,
    fingerprint: own.fingerprint,
    otherKeyFile: other.file,
    otherFingerprint: other.fingerprint,
    asked,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await rm(home, {recursive: true, force: true})
    },
  }
}

export const nextPatch = (release: string): string => release.replace(/\d+$/, patch => String(Number(patch) + 1))

async function serve(path: string, response: ServerResponse): Promise<void> {
  try {
    response.end(await readFile(path))
  } catch {
    response.writeHead(404).end()
  }
}

async function makeDebs(folder: string, bundleDir: string, debs: readonly Deb[]): Promise<void> {
  const {bundle, dir} = await readBundle(bundleDir)
  for (const {name, version, depends, files} of debs) {
    const root = join(folder, `${name}.root`)
    await mkdir(join(root, 'DEBIAN'), {recursive: true})
    const head = [`Package: ${name}`, `Version: ${version}`, `Architecture: ${bundle.architecture}`]
    const more = ['Maintainer: nobody <nobody@example.com>', `Description: ${name} for a test`]
    const lines = [...head, ...(depends === undefined ? [] : [`Depends: ${depends}`]), ...more]
    await writeFile(join(root, 'DEBIAN/control'), `${lines.join('\n')}\n`)
    for (const [path, content] of Object.entries(files)) {
      const to = join(root, path)
      await mkdir(dirname(to), {recursive: true})
      if ('text' in content) await writeFile(to, content.text)
      else {
        const entry = bundle.entries.find(one => one.kind === 'binary' && one.name === content.binary)
        await writeFile(to, gunzipSync(await readFile(join(dir, entry?.path ?? ''))))
        await chmod(to, 0o755)
      }
    }
    run('dpkg-deb', ['-Znone', '--root-owner-group', '--build', root, join(folder, `${name}_${version}.deb`)])
    await rm(root, {recursive: true})
  }
}

interface Key {
  readonly file: string
  readonly fingerprint: string
  readonly home: string
}

async function makeKey(home: string, name: string): Promise<Key> {
  const folder = join(home, `gnupg-${name}`)
  await mkdir(folder, {mode: 0o700})
  const gpg = (...args: readonly string[]): string => run('gpg', ['--homedir', folder, '--batch', ...args])
  gpg('--passphrase', '', '--quick-generate-key', `${name} <${name}@example.com>`, 'rsa2048', 'sign', 'never')
  const file = join(home, `${name}.asc`)
  await writeFile(file, gpg('--armor', '--export'))
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(gpg('--with-colons', '--list-keys'))?.[1] ?? ''
  return {file, fingerprint, home: folder}
}

/** A flat repository, as the community's is. */
const index = (folder: string): string =>
  run(
    'sh',
    ['-c', 'apt-ftparchive packages . >Packages && apt-ftparchive release . >../new && mv ../new Release'],
    folder,
  )

const sign = (folder: string, {home}: Key): string =>
  run('gpg', ['--homedir', home, '--batch', '--yes', '--clearsign', '--output', 'InRelease', 'Release'], folder)

function run(command: string, args: readonly string[], cwd?: string): string {
  const {status, stdout, stderr, error} = spawnSync(command, args, {cwd, encoding: 'utf8', maxBuffer: 1 << 26})
  if (status === 0) return stdout
  throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`)
}
