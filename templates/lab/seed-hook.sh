#!/bin/sh
# Runs in the initramfs once the root file system is mounted: what makes this machine this one is a tar archive on a disk of its own.
[ "$1" != prereqs ] || exit 0
[ ! -e "$rootmnt/var/lib/kadm-lab-seeded" ] || exit 0
for disk in /sys/block/vd*; do
  [ "$(cat "$disk/serial")" = kadm-seed ] || continue
  mount -o remount,rw "$rootmnt"
  tar -xpf "/dev/${disk##*/}" -C "$rootmnt"
  : > "$rootmnt/var/lib/kadm-lab-seeded"
  sync
  mount -o remount,ro "$rootmnt"
done
