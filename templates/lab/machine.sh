# Pods' mounts must reach the kubelet and the other way round.
mount --make-rshared /

# cgroup v1: the controllers come read-only; this machine's own group is their root here. On v2 nothing is to be done.
for group in /sys/fs/cgroup/*; do
  if [ "$(stat -f -c %T "$group")" = cgroupfs ] || [ "$(stat -f -c %T "$group")" = cgroup2fs ]; then
    mount -o remount,bind,rw "$group" || :
  fi
done

# What belongs to the whole kernel is the user's: the kubelet finds the values it wants in files of this machine and changes nothing.
masks=/run/kadm-lab
mkdir -p "$masks"
mask() { # path, text
  [ -e "$1" ] || return 0
  file=$masks/$(printf %s "$1" | tr / _)
  printf '%s\n' "$2" > "$file"
  mount --bind "$file" "$1"
}
mask /proc/sys/vm/overcommit_memory 1
mask /proc/sys/vm/panic_on_oom 0
mask /proc/sys/kernel/panic 10
mask /proc/sys/kernel/panic_on_oops 1
mask /proc/sys/kernel/keys/root_maxkeys 1000000
mask /proc/sys/kernel/keys/root_maxbytes 25000000
mask /proc/swaps 'Filename				Type		Size		Used		Priority'
mask /sys/devices/virtual/dmi/id/product_uuid "$(sed 's/^\(.\{8\}\)\(.\{4\}\)\(.\{4\}\)\(.\{4\}\)/\1-\2-\3-\4-/' /etc/machine-id)"
