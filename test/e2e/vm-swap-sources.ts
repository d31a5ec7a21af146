/** All that turns swap on on Ubuntu and Debian, at the same time, the third partition only once fstab is silent. */
export const SWAP_SOURCES = String.raw`set -eu
PATH=$PATH:/usr/sbin:/sbin
area() { head -c 32M /dev/zero > "$1"; chmod 600 "$1"; mkswap -q "$1" >/dev/null; }
area /swap.img; mkdir -p /data /srv; area '/data/my swap'; area /srv/swap
type=0657FD6D-A4AB-43C4-84E5-0933C84B4F4F
printf 'size=1GiB, type=%s\nsize=128MiB, type=%s\n' $type $type | sfdisk --append --no-reread --force --quiet /dev/vda 2>/dev/null
partx -a /dev/vda 2>/dev/null || :
udevadm settle
mkswap -q /dev/vda2; mkswap -q /dev/vda3
udevadm trigger --settle /dev/vda2 /dev/vda3
uuid=$(blkid -s UUID -o value /dev/vda2)
printf '/swap.img\tnone\tswap\tsw\t0\t0\nUUID=%s none swap sw,pri=5 0 0' "$uuid" >> /etc/fstab
unit=$(systemd-escape --path --suffix=swap '/data/my swap')
printf '[Swap]\nWhat=/data/my swap\n[Install]\nWantedBy=swap.target\n' > "/etc/systemd/system/$unit"
printf '%s\n' '[Service]' Type=oneshot RemainAfterExit=yes 'ExecStart=/sbin/swapon /srv/swap' 'ExecStop=/sbin/swapoff /srv/swap' \
  '[Install]' WantedBy=multi-user.target > /etc/systemd/system/more-swap.service
systemctl daemon-reload
systemctl -q enable --now -- "$unit" more-swap.service zramswap.service
systemctl start swap.img.swap "$(systemd-escape --path --suffix=swap "/dev/disk/by-uuid/$uuid")"`

/** What of the machine has to do with swap, as it stands on its disk and in its kernel. */
export const SWAP_STATE = String.raw`sed 1d /proc/swaps | while read -r name type size used priority; do [ "$priority" -gt 0 ] || priority=
printf '%s %s %s %s\n' "$name" "$type" "$size" "$priority"; done | sort
sha256sum /etc/fstab
find /etc/systemd/system -printf '%p %y %l %m\n' | sort`

/** What preflight says of each. */
export const SWAP_WORDS: readonly (string | RegExp)[] = [
  '/swap.img is swap from /etc/fstab (on)',
  /UUID=\S+ is swap from \/etc\/fstab and its GPT partition type \(on\)/,
  '/dev/zram0 is swap from zramswap.service (on)',
  String.raw`/data/my swap is swap from data-my\x20swap.swap (on)`,
  '/srv/swap is swap from more-swap.service (on)',
  '/dev/vda3 is swap from its GPT partition type (off now, on again after a boot)',
]
