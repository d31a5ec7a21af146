# Puts the data that were made from the snapshot in the place of those that are kept aside.

kadm_new=@{new}
kadm_member=@{member}
kadm_dir=@{restore_dir}
[ ! -d "$kadm_new/member" ] || mv -T -- "$kadm_new/member" "$kadm_member"
[ -s "$kadm_member/snap/db" ] || {
  printf '%s has no database of etcd\n' "$kadm_member" >&2
  exit 1
}
sync -f "$kadm_member"
printf '%s restored\n' @{sha256} >"$kadm_dir/state.new"
sync "$kadm_dir/state.new"
mv -f "$kadm_dir/state.new" "$kadm_dir/state"
