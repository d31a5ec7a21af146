set -eu
PATH=$PATH:/usr/sbin:/sbin

echo "$$ $(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f20) $(cat /proc/sys/kernel/random/boot_id)" > /state/labs/demo/machines/worker-1/supervisor.pid.new
mv /state/labs/demo/machines/worker-1/supervisor.pid.new /state/labs/demo/machines/worker-1/supervisor.pid

unit=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup | sed 's,/keeper$,,')
mkdir -p "$unit/keeper" "$unit/machine"
echo $$ > "$unit/keeper/cgroup.procs"
for controller in $(cat "$unit/cgroup.controllers"); do
  echo "+$controller" > "$unit/cgroup.subtree_control" || :
done

code=133
while [ $code = 133 ] && [ ! -e /state/labs/demo/machines/worker-1/stop ]; do
  sh -eu <<'END' &
PATH=$PATH:/usr/sbin:/sbin

unit=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup | sed 's,/keeper$,,')
mkdir -p "$unit/machine"
echo $$ > "$unit/machine/cgroup.procs"

echo "$$ $(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f20) $(cat /proc/sys/kernel/random/boot_id)" > /state/labs/demo/machines/worker-1/nspawn.pid.new
mv /state/labs/demo/machines/worker-1/nspawn.pid.new /state/labs/demo/machines/worker-1/nspawn.pid

exec nsenter --net=/state/labs/demo/netns systemd-nspawn --quiet --directory=/state/labs/demo/machines/worker-1/root --boot --machine=kadm-12345678-worker-1 \
  --hostname=worker-1 --register=no --keep-unit --network-bridge=br0 --capability=all --drop-capability=CAP_SYS_MODULE,CAP_SYS_TIME,CAP_SYS_RAWIO \
  --system-call-filter='@keyring bpf perf_event_open' --bind=/dev/kmsg --resolv-conf=off --timezone=off --link-journal=no --console=pipe </dev/null
END
  code=0
  wait $! || code=$?
  
unit=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup | sed 's,/keeper$,,')
find "$unit/machine" -depth -type d -exec rmdir {} + 2>/dev/null || :
done
rm -f /state/labs/demo/machines/worker-1/nspawn.pid /state/labs/demo/machines/worker-1/supervisor.pid
