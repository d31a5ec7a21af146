# Restarts the kubelet if it waits before it starts a container of a static pod again, which can take five minutes. The wait is only
# in the memory of the kubelet (container restart back-off, kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle). Prints the pod.

kadm_ticks() { sed -n 's/^.*) //p' "$1" 2>/dev/null | cut -d' ' -f20; }
kadm_hz=$(getconf CLK_TCK 2>/dev/null || echo 100)
kadm_now=$(date +%s)
kadm_start=$(kadm_ticks "/proc/$(systemctl show -p MainPID --value kubelet.service 2>/dev/null)/stat")
[ -n "$kadm_start" ] || exit 0
kadm_start=$((kadm_now - ($(kadm_ticks /proc/self/stat) - kadm_start) / kadm_hz))

# A static pod is named by an MD5 of 32 digits in its control group, other pods by a UUID with dashes.
kadm_runs() {
  for kadm_pid in $(cd /proc && echo [0-9]*); do
    { read -r kadm_comm <"/proc/$kadm_pid/comm"; } 2>/dev/null && [ "$kadm_comm" = "$(printf %.15s "$1")" ] || continue
    grep -qsE 'pod[0-9a-f]{32}([./]|$)' "/proc/$kadm_pid/cgroup" && return 0
  done
  return 1
}

set -- @{pods}
for kadm_pod; do
  kadm_manifest=$(stat -L -c %Z -- @{manifests_dir}/"$kadm_pod.yaml" 2>/dev/null) || continue
  kadm_ended=$(stat -c %Y -- @{logs_dir}/kube-system_"$kadm_pod"-*/"$kadm_pod"/*.log 2>/dev/null | sort -n | tail -n 1)
  # A pod of a changed manifest, and a kubelet that just started, do not wait.
  [ -n "$kadm_ended" ] && [ "$kadm_ended" -gt "$kadm_manifest" ] && [ "$kadm_ended" -gt "$kadm_start" ] || continue
  [ $((kadm_now - kadm_ended)) -ge @{patience} ] || continue
  kadm_runs "$kadm_pod" && continue
  systemctl restart kubelet.service
  printf '%s\n' "$kadm_pod"
  break
done
