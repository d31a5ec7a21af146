import {join} from 'node:path'
import {sh, type Script} from '../../remote/shell/shell.ts'
import {exists, once} from './cache.ts'
import type {BuildPlace} from './go-build.ts'
import type {DebianRelease} from './debian-release.ts'
import {asRoot} from '../drivers/privileged.ts'
import {fingerprint} from './recipe.ts'

/** What an Ubuntu server has and Kubernetes' preflight asks for; the runtime and the node's own tools come later, as on a user's VM. */
export const MACHINE_PACKAGES = [
  'systemd,systemd-sysv,systemd-resolved,libpam-systemd,dbus,openssh-server,sudo,netplan.io,python3-minimal',
  'iptables,nftables,iproute2,conntrack,ethtool,socat,kmod,procps,mount,util-linux,e2fsprogs',
  'iputils-ping,ca-certificates,curl,apt,less,vim-tiny',
].join(',')

/** The login user of every machine; it has a key and sudo, and no password. */
export const LOGIN_USER = 'ubuntu'

/** The uid and gid of the first user that Debian makes. */
export const LOGIN_UID = 1000

/** Runs outside the new root, which is `$1`. */
const CUSTOMIZE = sh`
root=$1
chroot "$root" useradd --create-home --uid ${LOGIN_UID} --shell /bin/bash --groups sudo ${LOGIN_USER}
printf '%s ALL=(ALL) NOPASSWD:ALL\n' ${LOGIN_USER} > "$root/etc/sudoers.d/90-login-user"
chmod 440 "$root/etc/sudoers.d/90-login-user"
printf '%s\n' 'PermitRootLogin no' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no' 'UseDNS no' \
  'HostKey /etc/ssh/ssh_host_ed25519_key' > "$root/etc/ssh/sshd_config.d/10-lab.conf"
mkdir -p "$root/etc/systemd/journald.conf.d"
printf '%s\n' '[Journal]' 'ReadKMsg=no' > "$root/etc/systemd/journald.conf.d/lab.conf"
systemctl --root="$root" --quiet enable systemd-networkd systemd-resolved ssh
systemctl --root="$root" --quiet mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service \
  fstrim.timer dpkg-db-backup.timer systemd-networkd-wait-online.service getty@.service console-getty.service
ln -sf /run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/hostname" "$root/var/lib/dbus/machine-id"
: > "$root/etc/machine-id"
printf 'LANG=C.UTF-8\n' > "$root/etc/default/locale"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/*.log "$root"/usr/share/doc/* "$root"/usr/share/man/*
`

const machineRootDir = (place: BuildPlace, release: DebianRelease): string =>
  join(place.cache, 'rootfs', `${release}-${place.architecture}-${fingerprint(MACHINE_PACKAGES, CUSTOMIZE.text)}`)

/** Whether the pristine root file system is in the cache. */
export const isRootMade = async (place: BuildPlace, release: DebianRelease): Promise<boolean> =>
  exists(machineRootDir(place, release))

/** The pristine root file system all machines start from, as an unpacked folder; made once. */
export async function machineRoot(place: BuildPlace, release: DebianRelease): Promise<string> {
  return once(
    machineRootDir(place, release),
    async target => {
      await asRoot('opening the cache to machines', sh`chmod 755 ${target}`)
      await makeRoot(place, {release, target: join(target, 'root'), packages: MACHINE_PACKAGES})
    },
    place,
  )
}

interface RootSpec {
  readonly release: DebianRelease
  readonly target: string
  /** Comma-separated. */
  readonly packages: string
  /** What is done to it besides; runs outside the new root, which is `$1`. */
  readonly customize?: Script
}

/** Makes the root file system of a machine from packages of the distribution. */
export async function makeRoot(place: BuildPlace, {release, target, packages, customize}: RootSpec): Promise<void> {
  const hooks = [CUSTOMIZE, ...(customize === undefined ? [] : [customize])]
  const script = sh`
mmdebstrap --quiet --mode=root --variant=minbase --format=directory --architectures=${place.architecture} \
  --include=${packages} ${hooks.map(hook => `--customize-hook=set -e; ${hook.text}`)} ${release} ${target}`
  await asRoot('creating the root file system of the machines', script, {
    signal: place.signal,
    env: {LC_ALL: 'C.UTF-8'},
  })
}
