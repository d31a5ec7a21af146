import {join} from 'node:path'
import {sh} from '../../remote/shell/shell.ts'
import {exists, once} from './cache.ts'
import type {BuildPlace} from './go-build.ts'
import {asRoot} from '../drivers/privileged.ts'
import {fingerprint} from './recipe.ts'
import type {DebianRelease} from './debian-release.ts'
import {makeRoot, MACHINE_PACKAGES} from './rootfs.ts'
import {template} from './template.ts'

/** What a VM has beyond a container: a kernel, the devices' daemon, and what Ubuntu's own image brings along, switched off. */
const VM_PACKAGES = [
  `${MACHINE_PACKAGES},udev,linux-image-cloud-amd64,initramfs-tools,busybox,systemd-timesyncd,apparmor`,
  'cloud-init,ufw,fdisk,zram-tools',
].join(',')

const ROOT_START = 1024 * 1024
const ROOT_GIB = 8
/** The rest is for partitions that are made later; holes cost nothing. */
const DISK_GIB = 16

/** Runs outside the new root, which is `$1`; `$2` is the hook that makes a machine this one. */
const CUSTOMIZE = sh`
root=$1
printf 'LABEL=root / ext4 defaults 0 1\n' > "$root/etc/fstab"
rm -f "$root/etc/systemd/journald.conf.d/lab.conf"
systemctl --root="$root" --quiet disable zramswap.service
systemctl --root="$root" --quiet mask man-db.timer
# Nothing of theirs runs here, and an emulated machine compiles them for half a minute at each boot.
rm -f "$root/etc/apparmor.d/lsb_release" "$root/etc/apparmor.d/nvidia_modprobe"
: > "$root/etc/cloud/cloud-init.disabled"
# QEMU does AES on the real processor's unit for it; what a client may like better costs an emulated one four times as much.
printf 'Ciphers aes128-gcm@openssh.com,aes128-ctr\n' > "$root/etc/ssh/sshd_config.d/20-lab.conf"
printf 'MODULES=list\nBUSYBOX=y\nRESUME=none\n' > "$root/etc/initramfs-tools/conf.d/lab"
printf 'virtio_pci\nvirtio_blk\n' > "$root/etc/initramfs-tools/modules"
install -m 755 "$2" "$root/etc/initramfs-tools/scripts/local-bottom/kadm-lab-seed"
chroot "$root" update-initramfs -u -k all >&2
rm -rf "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/locale/*
`

/** GPT, so that what systemd finds on such a disk by itself is found: the root, and space behind it. */
const PARTITIONS = `label: gpt
start=${String(ROOT_START / 512)}, size=${String(ROOT_GIB)}GiB, name=root, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709
`

/** What all VMs boot from; their own disks lie above it. */
export interface VmImage {
  readonly disk: string
  readonly kernel: string
  readonly initrd: string
}

function imageDir(place: BuildPlace, release: DebianRelease): string {
  const key = fingerprint(VM_PACKAGES, CUSTOMIZE.text, PARTITIONS, template('seed-hook.sh'), DISK_GIB)
  return join(place.cache, 'vm', `${release}-${place.architecture}-${key}`)
}

const imageIn = (dir: string): VmImage => ({
  disk: join(dir, 'disk.img'),
  kernel: join(dir, 'vmlinuz'),
  initrd: join(dir, 'initrd.img'),
})

/** Whether the disk that VMs of the release start from is in the cache. */
export const isVmImageMade = async (place: BuildPlace, release: DebianRelease): Promise<boolean> =>
  exists(imageDir(place, release))

/** The disk, kernel and initrd that VMs of the release start from; made once. */
export async function vmImage(place: BuildPlace, release: DebianRelease): Promise<VmImage> {
  const hook = template('seed-hook.sh')
  const dir = await once(
    imageDir(place, release),
    async target => {
      const root = join(target, 'root')
      const image = imageIn(target)
      await makeRoot(place, {
        release,
        target: root,
        packages: VM_PACKAGES,
        customize: sh`hook=$(mktemp); printf %s ${hook} > "$hook"; set -- "$1" "$hook"
${CUSTOMIZE}
rm -f "$hook"`,
      })
      await asRoot(
        'creating the disk of VMs',
        sh`
cp ${root}/boot/vmlinuz-* ${image.kernel}
cp ${root}/boot/initrd.img-* ${image.initrd}
truncate -s ${`${String(DISK_GIB)}G`} ${image.disk}
printf %s ${PARTITIONS} | sfdisk --quiet ${image.disk}
mkfs.ext4 -q -F -L root -E ${`offset=${String(ROOT_START)}`} -d ${root} ${image.disk} ${`${String(ROOT_GIB)}G`}
rm -rf --one-file-system ${root}
chmod 644 ${image.disk} ${image.kernel} ${image.initrd}`,
        {signal: place.signal},
      )
    },
    place,
  )
  return imageIn(dir)
}
