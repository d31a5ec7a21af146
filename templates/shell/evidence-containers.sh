# The lines of container logs that show a failure, newest containers of the control plane first.

cd /var/log/containers || exit 0
seen=0 told=' '
for file in *_kube-system_etcd-*.log *_kube-system_kube-*.log *_kube-system_coredns-*.log *_kube-flannel_*.log *_kube-system_*.log; do
  link=/var/log/containers/$file
  [ -r "$link" ] || continue
  case $told in *" $file "*) continue;; esac
  told="$told$file "
  seen=$((seen + 1)); [ "$seen" -le @{most_containers} ] || break
  printf '\035%s %s %s\n' "$link" "$(readlink "$link")" "$(head -n 1 "$link" | cut -d' ' -f1)"
  tail -n @{log_lines} "$link" | sed -E 's/^([^ ]+) (stdout|stderr) [FP] /\1 /' |
    sed -nE @{telling} | kadm_distinct
done
