# Stops etcd and the API server of this control plane, and keeps the data of etcd aside. A file says how far it came.

kadm_state=@{restore_dir}/state
kadm_note() {
  printf '%s %s\n' @{sha256} "$1" >"$kadm_state.new"
  sync "$kadm_state.new"
  mv -f "$kadm_state.new" "$kadm_state"
}
kadm_kept=@{kept}
kadm_member=@{member}
[ -e "$kadm_state" ] || [ ! -e "$kadm_kept" ] || {
  printf '%s already exists, and no restore left it there: move it to another place first\n' "$kadm_kept" >&2
  exit 1
}
(umask 077 && mkdir -p @{restore_dir}/manifests)
kadm_note stopping
for kadm_pod in kube-apiserver etcd; do
  [ ! -e @{manifests_dir}/$kadm_pod.yaml ] || mv -fT -- @{manifests_dir}/$kadm_pod.yaml @{restore_dir}/manifests/$kadm_pod.yaml
done
kadm_signal=''
kadm_left=@{seconds}
while kadm_pids=$(kadm_running) && [ -n "$kadm_pids" ]; do
  if [ "$kadm_left" -le 0 ]; then
    case $kadm_signal in
      '') kadm_signal=TERM kadm_left=40 ;;
      TERM) kadm_signal=KILL kadm_left=10 ;;
      *)
        printf 'etcd or the API server does not end (process %s)\n' "$kadm_pids" >&2
        exit 1
        ;;
    esac
    # shellcheck disable=SC2086 # several process ids
    kill "-$kadm_signal" $kadm_pids 2>/dev/null || :
  fi
  kadm_left=$((kadm_left - 1))
  sleep 1
done
if [ -e "$kadm_member" ] && [ -e "$kadm_kept" ]; then
  kadm_remove_trees "$kadm_member"
elif [ -e "$kadm_member" ]; then
  mv -T -- "$kadm_member" "$kadm_kept"
fi
kadm_note stopped
