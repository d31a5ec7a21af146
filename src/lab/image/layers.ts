import {join} from 'node:path'
import {sh, type Script} from '../../remote/shell/shell.ts'
import {asRoot} from '../drivers/privileged.ts'
import {once} from './cache.ts'
import {DEFAULT_RELEASE} from './debian-release.ts'
import type {BuildPlace} from './go-build.ts'
import {fingerprint} from './recipe.ts'

/** The lowest layer of an image, from packages of the distribution. */
export interface LayerSpec {
  readonly name: string
  /** Comma-separated. */
  readonly packages: string
  /** Shell for `$root`: in this variant nothing is configured and no hook runs. */
  readonly finish: Script
}

const BASE_LINKS = sh`
for tool in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
  ln -sf xtables-nft-multi "$root/usr/sbin/$tool"
done
for tool in sh ls cat echo sleep env wget nslookup ping ip ps grep; do
  [ -e "$root/bin/$tool" ] || ln -s /bin/busybox "$root/bin/$tool"
done
printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' > "$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' > "$root/etc/group"
mkdir -p "$root/tmp" && chmod 1777 "$root/tmp"
rm -rf "$root"/var/lib/apt "$root"/var/cache "$root"/var/log "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale \
  "$root"/dev/* "$root"/var/lib/dpkg
`

/** For images whose program calls iptables, nft or conntrack, and a small shell for people who look inside. */
export const BASE_LAYER: LayerSpec = {
  name: 'base',
  packages: 'iptables,nftables,conntrack,kmod,busybox-static',
  finish: BASE_LINKS,
}

/** The load balancer. It is not written in Go. */
export const HAPROXY_LAYER: LayerSpec = {
  name: 'haproxy',
  packages: 'haproxy',
  finish: sh`
rm -rf "$root"/var/lib/apt "$root"/var/cache "$root"/var/log "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale \
  "$root"/usr/share/perl* "$root"/usr/lib/*/perl* "$root"/dev/* "$root"/var/lib/dpkg
`,
}

/** The layer's folder in the cache. */
export const layerKey = ({name, packages, finish}: LayerSpec, architecture: string): string =>
  `${name}-${DEFAULT_RELEASE}-${architecture}-${fingerprint(packages, finish.text)}`

/** A tar file that is the same wherever it is made from the same packages. */
export async function layerFile(place: BuildPlace, layer: LayerSpec): Promise<string> {
  const dir = join(place.cache, 'layers', layerKey(layer, place.architecture))
  await once(
    dir,
    async target => {
      const root = join(target, 'root')
      const script = sh`
mmdebstrap --quiet --mode=root --variant=extract --format=directory --architectures=${place.architecture} \
  --include=${layer.packages} ${DEFAULT_RELEASE} ${root}
root=${root}
${layer.finish}
tar -C ${root} --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf ${join(target, 'layer.tar')} .
chmod 644 ${join(target, 'layer.tar')}
rm -rf ${root}`
      await asRoot('creating a layer of images', script, {signal: place.signal, env: {LC_ALL: 'C.UTF-8'}})
    },
    place,
  )
  return join(dir, 'layer.tar')
}
