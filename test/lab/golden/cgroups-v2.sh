
mkdir -p /sys/fs/cgroup/kadm-1/master
for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
  echo "+$controller" > /sys/fs/cgroup/cgroup.subtree_control || :
  echo "+$controller" > /sys/fs/cgroup/kadm-1/cgroup.subtree_control || :
done
echo $$ > /sys/fs/cgroup/kadm-1/master/cgroup.procs


for group in /sys/fs/cgroup/kadm-1/master; do
  [ -d "$group" ] || continue
  find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || :
  rmdir "$(dirname "$group")" 2>/dev/null || :
done
