
# A new cpuset group can use no processor until its processors are set, from the top down.
fill() {
  for file in cpuset.cpus cpuset.mems; do
    if [ -e "$1/$file" ] && [ -z "$(cat "$1/$file")" ]; then cat "$(dirname "$1")/$file" > "$1/$file"; fi
  done
  if [ -e "$1/cgroup.clone_children" ] && [ -e "$1/cpuset.cpus" ]; then echo 1 > "$1/cgroup.clone_children"; fi
}

mkdir -p /sys/fs/cgroup/cpu/kadm-1/master
fill /sys/fs/cgroup/cpu/kadm-1
fill /sys/fs/cgroup/cpu/kadm-1/master
echo $$ > /sys/fs/cgroup/cpu/kadm-1/master/cgroup.procs


for group in /sys/fs/cgroup/cpu/kadm-1/master; do
  [ -d "$group" ] || continue
  find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || :
  rmdir "$(dirname "$group")" 2>/dev/null || :
done
